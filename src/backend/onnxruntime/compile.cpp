#include "backend/onnxruntime/compile.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "ir/builder.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"

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

lower::OnnxModel write_model(const ir::Graph& graph, ir::ParameterSource& weights, const Job& job) {
  ir::Graph lowered = passes::eliminate_dead_code(graph);
  const std::optional<DType> dtype = passes::dtype_of_precision(job.precision);
  if (!dtype) throw internal_error("'{}' is no precision", printable(job.precision));
  lowered = passes::lower_precision(std::move(lowered), *dtype);
  return lower::to_onnx(lowered, weights, lower::find_flavour("onnxruntime"));
}

Probe probe_precision(const Runtime& runtime, const ProviderChoice& provider, std::string_view precision) {
  Probe probe;
  try {
    const ir::Graph graph = probe_graph();
    ConstantParameters weights(graph);
    Job job;
    job.precision = precision;
    const ModelSession session(
        runtime, write_model(graph, weights, job),
        {.threads = 1, .memory_efficient = false, .profiled = true, .provider = provider});
    NamedTensors inputs;
    inputs.emplace("x", HostTensor(DType::F32, {1, 4, kProbeWidth}));
    BoundPass pass(session, inputs, {{.name = "y", .shape = {1, 4, kProbeWidth}}}, OutputPlace::Host);
    pass.run();
    const std::vector<RanNode> nodes = session.end_profile();
    probe.precision = precision_of(nodes);
    for (const RanNode& node : nodes) {
      if (is_product(node) && node.provider != provider.name) {
        probe.failure = fmt::format("{} runs {} instead of {}", node.provider, node.op, provider.name);
      }
    }
  } catch (const Error& error) {
    probe.failure = error.what();
  }
  return probe;
}

}  // namespace medbench::ort
