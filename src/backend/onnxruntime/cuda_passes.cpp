#include "backend/onnxruntime/cuda_passes.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace medbench::ort {

namespace {

constexpr std::int64_t kNoGraph = -1;  // a pass that is neither captured nor replayed
constexpr int kTrials = 10;

}  // namespace

CudaPasses::CudaPasses(const Api& api, int ordinal, GraphMode mode)
    : api_(api), stream_(ordinal), mode_(mode) {}

void CudaPasses::add_options(std::map<std::string, std::string>& provider_options) const {
  provider_options["has_user_compute_stream"] = "1";
  provider_options["user_compute_stream"] = std::to_string(reinterpret_cast<std::uintptr_t>(stream_.get()));
  if (wants_graphs()) provider_options["enable_cuda_graph"] = "1";
}

Handle<RunOptions> CudaPasses::run_options(std::int64_t graph) const {
  auto options = create<RunOptions>(api_, slot::kCreateRunOptions);
  // The stream is waited for where the pass is.
  api_.call(slot::kAddRunConfigEntry, options.get(), "disable_synchronize_execution_providers", "1");
  if (wants_graphs()) {
    api_.call(slot::kAddRunConfigEntry, options.get(), "gpu_graph_id", std::to_string(graph).c_str());
  }
  return options;
}

double CudaPasses::fastest_ms(BoundPass& pass, RunOptions* options) {
  double fastest = std::numeric_limits<double>::max();
  for (int i = 0; i <= kTrials; ++i) {
    enqueue(pass, options);
    const double ms = stream_.elapsed_ms();
    if (i > 0) fastest = std::min(fastest, ms);  // the first one compiles, allocates or captures
  }
  return fastest;
}

Handle<RunOptions> CudaPasses::options_for(BoundPass& pass) {
  if (mode_ == GraphMode::Off) return run_options(kNoGraph);
  if (decided_) return run_options(graph_ ? next_graph_++ : kNoGraph);
  const Stopwatch watch;
  auto options = decide(pass);
  tune_ms_ = watch.elapsed_ms();
  return options;
}

Handle<RunOptions> CudaPasses::decide(BoundPass& pass) {
  auto single = run_options(kNoGraph);
  tried_["single_calls_ms"] = fastest_ms(pass, single.get());
  auto graph = run_options(next_graph_++);
  decided_ = true;
  try {
    tried_["graph_ms"] = fastest_ms(pass, graph.get());
    graph_ = mode_ == GraphMode::On || tried_.at("graph_ms") < tried_.at("single_calls_ms");
  } catch (const Error& error) {
    if (mode_ == GraphMode::On) throw;
    tried_["graph_refused"] = error.what();
  }
  return graph_ ? std::move(graph) : std::move(single);
}

void CudaPasses::enqueue(BoundPass& pass, RunOptions* options) {
  stream_.record_begin();
  pass.run(options);
  stream_.record_end();
}

Json CudaPasses::describe() const {
  return {{"cuda_graph", graph_}, {"tried", tried_}};
}

}  // namespace medbench::ort
