#include "backend/onnxruntime/compile.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "ir/builder.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"
#include "passes/quantize.hpp"

namespace medbench::ort {

namespace {

// Parameters that are all the same small number, for a model of which only the kernels matter.
class ConstantParameters final : public ir::ParameterSource {
 public:
  explicit ConstantParameters(const ir::Graph& graph) {
    for (const ir::ValueId id : graph.parameters()) {
      const ir::Value& value = graph.value(id);
      HostTensor tensor(DType::F32, ir::bind(value.shape, {}));
      std::fill(tensor.f32().begin(), tensor.f32().end(), 0.125F);
      tensors_.emplace(value.name, std::move(tensor));
    }
  }
  [[nodiscard]] bool contains(std::string_view name) const override {
    return tensors_.contains(std::string(name));
  }
  [[nodiscard]] ir::ParameterData read(std::string_view name) override {
    return {.view = tensors_.at(std::string(name)).view(), .owner = nullptr};
  }
  [[nodiscard]] std::string_view kind() const override { return "synthetic"; }

 private:
  NamedTensors tensors_;
};

// Wide enough that no kernel is refused for its size.
constexpr std::int64_t kProbeWidth = 64;

ir::Graph probe_graph() {
  ir::GraphBuilder graph("probe");
  const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, ir::kSeq, kProbeWidth});
  const ir::ValueId weight = graph.parameter("weight", {kProbeWidth, kProbeWidth});
  const ir::ValueId bias = graph.parameter("bias", {kProbeWidth});
  graph.output("y", graph.linear(x, weight, bias));
  return graph.build();
}

}  // namespace

GroupSupport groups_of(const Runtime& runtime, const ProviderChoice& provider) {
  const bool is_host = provider.way == ProviderChoice::Way::Cpu;
  return is_host && CustomOps::are_supported(runtime.api()) ? GroupSupport::Everything
                                                            : GroupSupport::Weights;
}

PackedForm packed_form(const ProviderChoice& provider, const Target& target) {
  if (provider.makes_engines()) return PackedForm::Offsets;
  const bool has_kernels = provider.way == ProviderChoice::Way::Cuda && target.precision != kBf16;
  return has_kernels && read_options(target.options).form != kPlainForm ? PackedForm::Ordered
                                                                        : PackedForm::Padded;
}

ir::Graph bind_sizes(const ir::Graph& graph, const ProviderChoice& provider, const ShapeRange& shapes) {
  // On a card nodes that compute shapes run on the host: there are none where all passes have one shape.
  const bool is_fixed = provider.way == ProviderChoice::Way::Cuda && shapes.is_fixed();
  return is_fixed ? passes::bind_symbols(graph, shapes.most)
                  : passes::bind_free_symbols(graph, shapes.fixed());
}

ir::Graph lower_graph(const ir::Graph& graph, const Target& target, GroupSupport groups,
                      const ir::Ranges& ranges) {
  ir::Graph lowered = passes::eliminate_dead_code(graph);
  if (target.precision == kInt8) {
    auto settings = read_options(target.options).own_kernels
                        ? quantization_settings(target, groups)
                        : quantization_settings(target, std::min(groups, GroupSupport::Weights),
                                                fmt::format("{}=off", kOwnKernels));
    settings.convolutions = true;
    settings.results = passes::RoundedResults::All;  // QLinearConv makes bytes
    return passes::quantize(std::move(lowered), settings, ranges);
  }
  const std::optional<DType> dtype = passes::dtype_of_precision(target.precision);
  if (!dtype) throw internal_error("'{}' is no precision", printable(target.precision));
  return passes::lower_precision(std::move(lowered), *dtype);
}

bool has_own_operators(const ir::Graph& lowered) {
  return std::any_of(lowered.nodes.begin(), lowered.nodes.end(), [](const ir::Node& node) {
    const auto* linear = std::get_if<ir::QuantizedLinear>(&node.op);
    return linear != nullptr && linear->group != 0 && linear->input == ir::ActivationQuantization::Dynamic;
  });
}

lower::OnnxModel write_model(const ir::Graph& graph, ir::ParameterSource& weights, std::string_view form) {
  return lower::to_onnx(graph, weights, lower::find_flavour(form));
}

Probe probe_precision(const Runtime& runtime, const ProviderChoice& provider, std::string_view precision) {
  Probe probe;
  try {
    const ir::Graph graph = probe_graph();
    ConstantParameters weights(graph);
    Target target;
    target.precision = precision;
    lower::OnnxModel model = write_model(lower_graph(graph, target, groups_of(runtime, provider)), weights,
                                         provider.makes_engines() ? kTensorRtForm : kPlainForm);
    const std::vector<std::int64_t> shape{1, 4, kProbeWidth};
    const TensorPlace input{.name = "x", .model_name = model.inputs.at(0), .shape = shape};
    const TensorPlace output{.name = "y", .model_name = model.outputs.at(0), .shape = shape};
    const ModelSession session(runtime, std::move(model),
                               {.threads = 1, .profiled = true, .provider = provider});
    BoundPass pass(session, {input}, {output}, OutputPlace::Host);
    pass.run();
    const std::vector<RanNode> nodes = session.end_profile();
    probe.precision = provider.makes_engines() ? std::string(precision) : precision_of(nodes);
    for (const RanNode& node : nodes) {
      if ((is_product(node) || provider.makes_engines()) && node.provider != provider.name) {
        probe.failure = fmt::format("{} runs {} instead of {}", node.provider, node.op, provider.name);
      }
    }
  } catch (const Error& error) {
    probe.failure = error.what();
  }
  return probe;
}

}  // namespace medbench::ort
