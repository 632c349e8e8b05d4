#include "backend/onnxruntime/onnxruntime_backend.hpp"

#include <algorithm>
#include <fmt/ranges.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/int8.hpp"
#include "backend/onnxruntime/compile.hpp"
#include "backend/onnxruntime/compile_session.hpp"
#include "backend/onnxruntime/cuda_passes.hpp"
#include "backend/onnxruntime/session.hpp"
#include "base/error.hpp"
#include "job/own_kernels.hpp"
#include "passes/precision.hpp"

namespace medbench {

namespace {

class OnnxRuntimeBackend final : public Backend {
 public:
  Capabilities describe() override;
  Refusal supports(const Target& target) override;
  [[nodiscard]] PackedForm packed_form(const Target& target) const override {
    return ort::packed_form(provider_, target);
  }
  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override;
  void bind(std::size_t slot, const Axes& axes) override;
  void write(std::size_t slot, const NamedTensors& inputs) override;
  void enqueue(std::size_t slot) override;
  void wait(std::size_t slot) override;
  void read(std::size_t slot, NamedTensors& outputs) override;
  std::optional<double> device_time_ms() override;
  void report(EngineReport& report) override;

 private:
  ort::Runtime& load(const std::map<std::string, std::string>& options);
  struct Slot {
    ort::BoundPass pass;
    ort::Handle<ort::RunOptions> options;  // null: none are needed
  };

  const ort::Probe& probe_of(const std::string& precision);
  Slot& slot_at(std::size_t slot);
  const std::vector<ort::RanNode>& kernels();
  RuntimeInfo runtime();
  std::string effective_precision();
  std::vector<Warning> warnings();
  Json details();
  Json nodes_elsewhere();

  std::optional<ort::Runtime> runtime_;
  std::string asked_library_;
  ort::ProviderChoice provider_;
  // That were run, by library, provider, its options and precision.
  std::map<std::string, ort::Probe> probes_;
  ir::Graph graph_;  // for the shapes of its inputs and outputs
  std::string precision_;
  std::string graph_precision_;  // of the lowered graph
  Json quantization_;            // what was applied, of int8
  std::int64_t threads_ = 0;
  std::unique_ptr<ort::CudaPasses> cuda_;  // outlives the session that computes in its stream
  ort::Compiled compiled_;
  std::map<std::size_t, Slot> slots_;
  std::optional<std::size_t> last_;
  std::optional<std::vector<ort::RanNode>> kernels_;
};

ort::Runtime& OnnxRuntimeBackend::load(const std::map<std::string, std::string>& options) {
  const std::string path = ort::find_library(options).string();
  if (!runtime_ || asked_library_ != path) {
    runtime_.emplace(ort::load_library(path));
    asked_library_ = path;
  }
  return *runtime_;
}

Capabilities OnnxRuntimeBackend::describe() {
  Capabilities capabilities;
  capabilities.backend = "onnxruntime";
  try {
    ort::Runtime& loaded = load({});
    capabilities.runtime = runtime();
    ort::describe_devices(loaded, capabilities);
  } catch (const Error& error) {
    capabilities.reason = error.what();
    capabilities.advice = "set MEDBENCH_ORT_LIBRARY to a libonnxruntime.so, or unset it";
  }
  return capabilities;
}

Refusal OnnxRuntimeBackend::supports(const Target& target) {
  const ort::Options options = ort::read_options(target.options);
  ort::Runtime& loaded = load(target.options);
  const ort::Runtime::Selection selection = loaded.select_provider(target.device, options);
  if (selection.refusal) return selection.refusal;
  provider_ = selection.choice;
  // That a provider of engines is there does not mean that its libraries or the card are.
  if (target.precision == kFp32 && !provider_.makes_engines()) return std::nullopt;
  if (find_precision(target.precision) == nullptr)
    return fmt::format("onnxruntime runs {}, not {}", fmt::join(kPrecisionNames, ", "),
                       printable(target.precision));
  const ort::Probe& probe = probe_of(target.precision);
  const std::string who = fmt::format("{} of ONNX Runtime {}", provider_.name, loaded.library().version);
  if (!probe.failure.empty()) {
    return fmt::format("{} does not run {}: {}", who, target.precision, probe.failure);
  }
  if (probe.precision != target.precision) {
    return fmt::format("{} computes {} in {}: use --precision {}", who, target.precision, probe.precision,
                       probe.precision);
  }
  return std::nullopt;
}

const ort::Probe& OnnxRuntimeBackend::probe_of(const std::string& precision) {
  ort::ProviderChoice provider = provider_;
  // They name inputs that a probe does not have.
  std::erase_if(provider.options,
                [](const auto& option) { return option.first.find("_profile_") != std::string::npos; });
  const std::string key = dump_line({asked_library_, provider.name, provider.options, precision});
  const auto found = probes_.find(key);
  if (found != probes_.end()) return found->second;
  return probes_.emplace(key, ort::probe_precision(*runtime_, provider, precision)).first->second;
}

void OnnxRuntimeBackend::build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) {
  if (const Refusal refusal = supports(build.target)) throw unsupported_error("{}", *refusal);
  graph_ = graph;
  precision_ = build.target.precision;
  quantization_ = {};
  threads_ = build.threads;
  slots_.clear();
  last_.reset();
  kernels_.reset();
  compiled_ = {};
  cuda_.reset();
  const ort::Options options = ort::read_options(build.target.options);
  cuda_ = ort::cuda_passes(*runtime_, provider_, options.graphs);
  const ir::Graph lowered = ort::lower_graph(ort::bind_sizes(graph, provider_, build.shapes), build.target,
                                             ort::groups_of(*runtime_, provider_), build.ranges);
  graph_precision_ = passes::precision_of(lowered);
  ort::SessionSettings settings;
  settings.threads = build.threads;
  settings.provider = provider_;
  settings.own_operators = options.own_kernels;
  if (precision_ == "int8") {
    quantization_ = describe_quantization(lowered, build.target);
    settings.memory_efficient = build.target.quantization && build.target.quantization->memory_efficient;
  }
  compiled_ = ort::compile(*runtime_, lowered, weights, settings, cuda_.get(), options);
}

void OnnxRuntimeBackend::bind(std::size_t slot, const Axes& axes) {
  if (!compiled_.session) throw internal_error("the onnxruntime backend was used before build()");
  const auto place_of = [&](const std::string& name, const std::string& model_name, const ir::Value& value) {
    return ort::TensorPlace{name, model_name, ir::bind(value.shape, axes), value.dtype};
  };
  std::vector<ort::TensorPlace> inputs;
  const std::vector<ir::ValueId> ids = graph_.inputs();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ir::Value& value = graph_.value(ids[i]);
    inputs.push_back(place_of(value.name, compiled_.inputs.at(i), value));
  }
  std::vector<ort::TensorPlace> outputs;
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ir::Output& output = graph_.outputs[i];
    outputs.push_back(place_of(output.name, compiled_.outputs.at(i), graph_.value(output.value)));
  }
  slots_.erase(slot);
  device::CudaStream* stream = cuda_ ? &cuda_->stream() : nullptr;
  slots_.try_emplace(slot, Slot{ort::BoundPass(*compiled_.session, std::move(inputs), std::move(outputs),
                                               ort::OutputPlace::Provider, stream),
                                nullptr});
}

void OnnxRuntimeBackend::write(std::size_t slot, const NamedTensors& inputs) {
  Slot& place = slot_at(slot);
  place.pass.write(inputs);
  if (cuda_ && !place.options) place.options = cuda_->options_for(place.pass);
}

OnnxRuntimeBackend::Slot& OnnxRuntimeBackend::slot_at(std::size_t slot) {
  const auto found = slots_.find(slot);
  if (found == slots_.end()) throw internal_error("onnxruntime: slot {} was not bound", slot);
  return found->second;
}

void OnnxRuntimeBackend::enqueue(std::size_t slot) {
  Slot& ready = slot_at(slot);
  last_ = slot;
  if (cuda_) {
    cuda_->enqueue(ready.pass, ready.options.get());
  } else {
    ready.pass.run();
  }
}

void OnnxRuntimeBackend::wait(std::size_t slot) {
  if (cuda_) {
    cuda_->stream().synchronize();
  } else {
    slot_at(slot).pass.synchronize();
  }
}

void OnnxRuntimeBackend::read(std::size_t slot, NamedTensors& outputs) {
  if (last_ != slot) throw internal_error("onnxruntime: slot {} was not the last to run", slot);
  slot_at(slot).pass.read(outputs);
}

std::optional<double> OnnxRuntimeBackend::device_time_ms() {
  if (!cuda_) return std::nullopt;
  return cuda_->stream().elapsed_ms();
}

std::vector<Warning> OnnxRuntimeBackend::warnings() {
  const std::string nodes = ort::left_on_cpu(kernels(), provider_.name);
  if (nodes.empty()) return {};
  return {
      {.kind = "nodes_on_cpu",
       .text =
           fmt::format("{} has no kernel for some nodes, which ran on the CPU: {}", provider_.name, nodes),
       .advice = "the row times both devices and the copies between them; try another precision or library"}};
}

const std::vector<ort::RanNode>& OnnxRuntimeBackend::kernels() {
  if (!last_) throw internal_error("the onnxruntime backend has not run yet");
  if (!kernels_) kernels_ = ort::profile_pass(*runtime_, slot_at(*last_).pass);
  return *kernels_;
}

std::string OnnxRuntimeBackend::effective_precision() {
  if (provider_.makes_engines()) return graph_precision_;
  std::string precision = ort::precision_of(kernels());
  const auto tf32 = provider_.options.find("use_tf32");
  if (precision == "fp32" && tf32 != provider_.options.end() && tf32->second == "1") precision = "tf32";
  if (!kernels().empty()) return precision;
  // A library that cannot profile a single pass: what it does with a small model in this precision.
  return probe_of(precision_).precision;
}

RuntimeInfo OnnxRuntimeBackend::runtime() {
  if (!runtime_) return {.name = "onnxruntime", .version = "", .library = ""};
  return {.name = "onnxruntime", .version = runtime_->library().version, .library = runtime_->library().path};
}

// Operations that another provider than the chosen one ran, by name and with their count.
Json OnnxRuntimeBackend::nodes_elsewhere() {
  Json nodes = Json::object();
  for (const auto& [provider, operations] : ort::placement_of(kernels())) {
    if (provider != provider_.name) nodes[provider] = operations;
  }
  return nodes;
}

Json OnnxRuntimeBackend::details() {
  Json details;
  details["provider"] = provider_.name;
  if (!provider_.options.empty()) details["provider_options"] = provider_.options;
  if (cuda_) details.update(cuda_->describe());
  details["form"] = compiled_.form;
  if (!compiled_.refused.empty()) details["refused"] = compiled_.refused;
  details["threads"] = threads_;
  details["interface_version"] = runtime_->api().version();
  if (const char* build = runtime_->api().call(ort::slot::kGetBuildInfo)) details["build"] = build;
  if (kernels().empty()) {
    details["kernels"] = nullptr;
    details["kernels_reason"] = "this ONNX Runtime cannot profile a single pass; 1.25 and newer can";
  } else {
    details["kernels"] = ort::placement_of(kernels());
    details["nodes_elsewhere"] = nodes_elsewhere();
  }
  if (!quantization_.is_null()) details["quantization"] = quantization_;
  details["allocator"] = compiled_.session->allocator_statistics();
  return details;
}

void OnnxRuntimeBackend::report(EngineReport& report) {
  report.runtime = runtime();
  if (compiled_.has_own_operators) report.runtime.name += kWithOwnKernels;
  report.effective_precision = effective_precision();
  if (cuda_) report.tune_ms = cuda_->tune_ms();
  report.warnings = warnings();
  report.details = details();
}

}  // namespace

std::unique_ptr<Backend> make_onnxruntime_backend() {
  return std::make_unique<OnnxRuntimeBackend>();
}

}  // namespace medbench
