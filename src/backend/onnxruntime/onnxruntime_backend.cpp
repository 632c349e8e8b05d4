#include "backend/onnxruntime/onnxruntime_backend.hpp"

#include <algorithm>
#include <array>
#include <malloc.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backend/int8.hpp"
#include "backend/onnxruntime/compile.hpp"
#include "backend/onnxruntime/session.hpp"
#include "base/error.hpp"
#include "passes/passes.hpp"

namespace medbench {

namespace {

// Most weights have been packed by now. To read a parameter of a checkpoint and let go of it drops the pages
// of its mapping, also where the session still refers to them: those that a pass needs come back by
// themselves.
void give_pages_back(const ir::Graph& graph, ir::ParameterSource& weights) {
  if (weights.kind() != "checkpoint") return;
  for (const ir::ValueId id : graph.parameters()) {
    for (const std::string& part : graph.value(id).parts) (void)weights.read(part);
  }
}

class OnnxRuntimeBackend final : public Backend {
 public:
  Capabilities describe() override;
  Refusal supports(const Job& job) override;
  void prepare(const ir::Graph& graph, ir::ParameterSource& weights, const PrepareContext& context) override;
  void upload(std::size_t slot, const NamedTensors& inputs) override;
  void enqueue(std::size_t slot) override;
  void synchronize() override;
  NamedTensors download() override;
  std::string effective_precision() override;
  RuntimeInfo runtime() override;
  Json details() override;

 private:
  ort::Runtime& load(const std::map<std::string, std::string>& options);
  ort::BoundPass& last_pass();
  const std::vector<ort::RanNode>& kernels();
  Json nodes_elsewhere();

  std::optional<ort::Runtime> runtime_;
  std::string asked_library_;
  ort::ProviderChoice provider_;
  ir::Graph graph_;                         // for the shapes of its inputs and outputs
  std::vector<std::string> model_inputs_;   // what the model calls the graph's inputs, in its order
  std::vector<std::string> model_outputs_;  // and outputs
  ir::Binding prepared_;
  std::string precision_;
  Json quantization_;  // what was applied, of int8
  std::int64_t threads_ = 0;
  ort::OutputPlace place_ = ort::OutputPlace::Provider;
  std::unique_ptr<ort::ModelSession> session_;
  std::map<std::size_t, ort::BoundPass> slots_;
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
    for (const char* device : {"cpu", "cuda:0"}) {
      const ort::Runtime::Selection selection = loaded.select_provider(device, {});
      if (selection.refusal) {
        capabilities.reason = *selection.refusal;
        capabilities.advice = "use --device cpu";
        continue;
      }
      DeviceInfo info{.id = device, .name = selection.choice.name, .memory_mb = 0, .precisions = {}};
      for (const char* precision : {"fp32", "bf16", "fp16", "int8"}) {
        const ort::Probe probe = ort::probe_precision(loaded, selection.choice, precision);
        if (probe.failure.empty() && probe.precision == precision) info.precisions.emplace_back(precision);
        if (std::string_view(precision) == "fp32" && !probe.failure.empty()) {
          capabilities.reason = probe.failure;
        }
      }
      if (!info.precisions.empty()) capabilities.devices.push_back(std::move(info));
    }
  } catch (const Error& error) {
    capabilities.reason = error.what();
    capabilities.advice = "set MEDBENCH_ORT_LIBRARY to a libonnxruntime.so, or unset it";
  }
  return capabilities;
}

Refusal OnnxRuntimeBackend::supports(const Job& job) {
  const ort::Options options = ort::read_options(job.options);
  ort::Runtime& loaded = load(job.options);
  const ort::Runtime::Selection selection = loaded.select_provider(job.device, options);
  if (selection.refusal) return selection.refusal;
  provider_ = selection.choice;
  if (job.precision == "fp32") return std::nullopt;
  constexpr std::array<std::string_view, 3> kOthers{"bf16", "fp16", "int8"};
  if (std::find(kOthers.begin(), kOthers.end(), job.precision) == kOthers.end()) {
    return "onnxruntime runs fp32, bf16, fp16 and int8, not " + printable(job.precision);
  }
  const ort::Probe probe = ort::probe_precision(loaded, provider_, job.precision);
  const std::string who = fmt::format("{} of ONNX Runtime {}", provider_.name, loaded.library().version);
  if (!probe.failure.empty()) {
    return fmt::format("{} does not run {}: {}", who, job.precision, probe.failure);
  }
  if (probe.precision != job.precision) {
    return fmt::format("{} computes {} in {}: use --precision {}", who, job.precision, probe.precision,
                       probe.precision);
  }
  return std::nullopt;
}

void OnnxRuntimeBackend::prepare(const ir::Graph& graph, ir::ParameterSource& weights,
                                 const PrepareContext& context) {
  if (const Refusal refusal = supports(context.job)) throw unsupported_error("{}", *refusal);
  graph_ = graph;
  prepared_ = context.binding;
  precision_ = context.job.precision;
  quantization_ = {};
  threads_ = context.threads;
  place_ =
      context.job.timed_region == TimedRegion::Host ? ort::OutputPlace::Host : ort::OutputPlace::Provider;
  slots_.clear();
  last_.reset();
  kernels_.reset();
  session_.reset();
  const ir::Graph lowered =
      ort::lower_graph(passes::bind_free_symbols(graph, context.binding), context.job, context.ranges);
  ort::SessionSettings settings;
  settings.threads = context.threads;
  settings.provider = provider_;
  if (precision_ == "int8") {
    quantization_ = describe_quantization(lowered, context.job);
    settings.memory_efficient = context.job.quantization && context.job.quantization->memory_efficient;
  }
  lower::OnnxModel model = ort::write_model(lowered, weights);
  model_inputs_ = model.inputs;
  model_outputs_ = model.outputs;
  session_ = std::make_unique<ort::ModelSession>(*runtime_, std::move(model), settings);
  give_pages_back(graph, weights);
  ::malloc_trim(0);  // what compiling used and freed
}

void OnnxRuntimeBackend::upload(std::size_t slot, const NamedTensors& inputs) {
  if (!session_) throw internal_error("the onnxruntime backend was used before prepare()");
  const ir::Binding binding = ir::binding_of(graph_, inputs, prepared_);
  std::vector<ort::InputSpec> given;
  const std::vector<ir::ValueId> ids = graph_.inputs();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::string& name = graph_.value(ids[i]).name;
    const auto found = inputs.find(name);
    if (found == inputs.end()) throw internal_error("onnxruntime: no input \"{}\" was given", name);
    given.push_back({.model_name = model_inputs_.at(i), .tensor = &found->second});
  }
  std::vector<ort::OutputSpec> outputs;
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ir::Output& output = graph_.outputs[i];
    const ir::Value& value = graph_.value(output.value);
    outputs.push_back({.name = output.name,
                       .model_name = model_outputs_.at(i),
                       .shape = ir::bind(value.shape, binding),
                       .dtype = value.dtype});
  }
  slots_.erase(slot);
  slots_.try_emplace(slot, *session_, given, outputs, place_);
}

void OnnxRuntimeBackend::enqueue(std::size_t slot) {
  const auto found = slots_.find(slot);
  if (found == slots_.end()) throw internal_error("slot {} holds no inputs", slot);
  last_ = slot;
  found->second.run();
}

ort::BoundPass& OnnxRuntimeBackend::last_pass() {
  if (!last_) throw internal_error("the onnxruntime backend has not run yet");
  return slots_.at(*last_);
}

void OnnxRuntimeBackend::synchronize() {
  last_pass().synchronize();
}

NamedTensors OnnxRuntimeBackend::download() {
  return last_pass().outputs();
}

const std::vector<ort::RanNode>& OnnxRuntimeBackend::kernels() {
  if (!kernels_) kernels_ = ort::profile_pass(*runtime_, last_pass());
  return *kernels_;
}

std::string OnnxRuntimeBackend::effective_precision() {
  const std::string precision = ort::precision_of(kernels());
  if (!kernels().empty()) return precision;
  // A library that cannot profile a single pass: what it does with a small model in this precision.
  return ort::probe_precision(*runtime_, provider_, precision_).precision;
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
  details["allocator"] = session_->allocator_statistics();
  return details;
}

}  // namespace

std::unique_ptr<Backend> make_onnxruntime_backend() {
  return std::make_unique<OnnxRuntimeBackend>();
}

}  // namespace medbench
