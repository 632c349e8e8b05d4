#include "backend/onnxruntime/compile_session.hpp"

#include <string_view>
#include <utility>

#include "backend/onnxruntime/compile.hpp"
#include "base/error.hpp"
#include "device/cuda_driver.hpp"
#include "passes/pad_attention.hpp"

namespace medbench::ort {

namespace {

Compiled compile_form(const Runtime& runtime, const ir::Graph& lowered, ir::ParameterSource& weights,
                      SessionSettings settings, const CudaPasses* cuda, const std::string& form) {
  if (cuda != nullptr) cuda->add_options(settings.provider.options);
  Compiled compiled;
  lower::OnnxModel model = write_model(lowered, weights, form);
  compiled.inputs = model.inputs;
  compiled.outputs = model.outputs;
  compiled.form = form;
  compiled.has_own_operators = has_own_operators(lowered);
  compiled.session = std::make_unique<ModelSession>(runtime, std::move(model), settings);
  return compiled;
}

std::vector<std::string> forms_of(const ProviderChoice& provider, const Options& options,
                                  const ir::Graph& lowered) {
  if (!options.form.empty()) return {options.form};
  if (provider.makes_engines()) return {std::string(kTensorRtForm)};
  if (provider.way != ProviderChoice::Way::Cuda) return {std::string(kPlainForm)};
  if (passes::has_packed_attention(lowered)) return {std::string(kCudaForm)};
  return {std::string(kCudaForm), std::string(kPlainForm)};
}

}  // namespace

void describe_devices(Runtime& runtime, Capabilities& capabilities) {
  for (const char* device : {"cpu", "cuda:0"}) {
    const Runtime::Selection selection = runtime.select_provider(device, {});
    if (selection.refusal) {
      capabilities.reason = *selection.refusal;
      capabilities.advice = "use --device cpu";
      continue;
    }
    DeviceInfo info{.id = device, .name = selection.choice.name, .memory_mb = 0, .precisions = {}};
    for (const PrecisionInfo& precision : kPrecisions) {
      const std::string name(precision.name);
      const Probe probe = probe_precision(runtime, selection.choice, name);
      if (probe.failure.empty() && probe.precision == name) info.precisions.push_back(name);
      if (name == kFp32 && !probe.failure.empty()) capabilities.reason = probe.failure;
    }
    if (!info.precisions.empty()) capabilities.devices.push_back(std::move(info));
  }
}

std::unique_ptr<CudaPasses> cuda_passes(const Runtime& runtime, const ProviderChoice& provider,
                                        GraphMode graphs) {
  if (provider.way != ProviderChoice::Way::Cuda) return nullptr;
  if (!provider.options.contains("has_user_compute_stream")) {
    const int ordinal = device::cuda_index("cuda:" + provider.options.at("device_id")).value_or(0);
    return std::make_unique<CudaPasses>(runtime.api(), ordinal, graphs);
  }
  if (graphs == GraphMode::On) throw unsupported_error("CUDA graphs need the worker's own stream");
  return nullptr;
}

Compiled compile(const Runtime& runtime, const ir::Graph& lowered, ir::ParameterSource& weights,
                 const SessionSettings& settings, CudaPasses* cuda, const Options& options) {
  const std::vector<std::string> forms = forms_of(settings.provider, options, lowered);
  const bool graphs_first = cuda != nullptr && options.graphs == GraphMode::Auto;
  Json refused = Json::array();
  for (int round = graphs_first ? 0 : 1; round < 2; ++round) {
    if (graphs_first && round == 1) cuda->give_up_graphs();
    for (const std::string& form : forms) {
      try {
        Compiled compiled = compile_form(runtime, lowered, weights, settings, cuda, form);
        compiled.refused = std::move(refused);
        return compiled;
      } catch (const Error& error) {
        if (round == 1 && form == forms.back()) throw;
        refused.push_back(form + (round == 0 ? " with graphs: " : ": ") + printable(error.what(), 400));
      }
    }
  }
  throw internal_error("no form of the model was tried");
}

}  // namespace medbench::ort
