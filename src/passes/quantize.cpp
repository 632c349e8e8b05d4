#include "passes/quantize.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "passes/passes.hpp"

namespace medbench::passes {
namespace {

const ir::Linear* quantizable(const ir::Graph& graph, const ir::Node& node) {
  const auto* linear = std::get_if<ir::Linear>(&node.op);
  return linear != nullptr && graph.value(node.inputs[1]).kind == ir::ValueKind::Parameter ? linear : nullptr;
}

ir::Range range_of(const ir::Graph& graph, const ir::Node& node, const ir::Ranges& ranges) {
  const std::string& x = graph.value(node.inputs[0]).name;
  const auto found = ranges.find(x);
  if (found == ranges.end()) throw internal_error("calibration gave no range for '{}'", x);
  const ir::Range range = found->second;
  if (!range.is_valid())
    throw internal_error("the range [{}, {}] of '{}' does not contain 0", range.min, range.max, x);
  return range;
}

}  // namespace

ir::Graph quantize_linears(ir::Graph graph, const QuantizationSettings& settings, const ir::Ranges& ranges) {
  for (ir::Node& node : graph.nodes) {
    const ir::Linear* linear = quantizable(graph, node);
    if (linear == nullptr) continue;
    ir::QuantizedLinear op{.activation = linear->activation,
                           .residual = linear->residual,
                           .input = settings.input,
                           .weight_max = settings.weight_max,
                           .activation_max = settings.activation_max,
                           .group = settings.group,
                           .int16_sums = settings.int16_sums};
    if (settings.input == ir::ActivationQuantization::Static) {
      const ir::Range range = range_of(graph, node, ranges);
      op.input_min = range.min;
      op.input_max = range.max;
    }
    node.op = op;
  }
  return graph;
}

ir::Graph observe_linear_inputs(ir::Graph graph) {
  std::set<ir::ValueId> observed;
  graph.outputs.clear();
  for (const ir::Node& node : graph.nodes) {
    if (quantizable(graph, node) == nullptr || !observed.insert(node.inputs[0]).second) continue;
    graph.outputs.push_back({graph.value(node.inputs[0]).name, node.inputs[0]});
  }
  return eliminate_dead_code(std::move(graph));
}

}  // namespace medbench::passes
