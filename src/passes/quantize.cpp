#include "passes/quantize.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "passes/passes.hpp"
#include "passes/quantize_images.hpp"

namespace medbench::passes {
namespace {

const ir::Linear* quantizable(const ir::Graph& graph, const ir::Node& node) {
  const auto* linear = std::get_if<ir::Linear>(&node.op);
  return linear != nullptr && graph.value(node.inputs[1]).kind == ir::ValueKind::Parameter ? linear : nullptr;
}

}  // namespace

ir::Range range_of(const ir::Graph& graph, ir::ValueId value, const ir::Ranges& ranges) {
  const std::string& name = graph.value(value).name;
  const auto found = ranges.find(name);
  if (found == ranges.end()) throw internal_error("calibration gave no range for '{}'", name);
  const ir::Range range = found->second;
  if (!range.is_valid())
    throw internal_error("the range [{}, {}] of '{}' does not contain 0", range.min, range.max, name);
  return range;
}

ir::Graph quantize(ir::Graph graph, const QuantizationSettings& settings, const ir::Ranges& ranges) {
  graph = quantize_linears(std::move(graph), settings, ranges);
  if (!settings.convolutions || settings.input != ir::ActivationQuantization::Static) return graph;
  const ConvolutionRounding rounding{.weight_max = settings.weight_max,
                                     .activation_max = settings.activation_max,
                                     .results = settings.results};
  return quantize_convolutions(std::move(graph), rounding, ranges);
}

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
      const ir::Range range = range_of(graph, node.inputs[0], ranges);
      op.input_min = range.min;
      op.input_max = range.max;
    }
    node.op = op;
  }
  return graph;
}

ir::Graph observe_rounded_values(ir::Graph graph) {
  std::set<ir::ValueId> observed = values_to_round(graph, {.results = RoundedResults::All});
  for (const ir::Node& node : graph.nodes) {
    if (quantizable(graph, node) != nullptr) observed.insert(node.inputs[0]);
  }
  graph.outputs.clear();
  for (const ir::ValueId id : observed) {
    if (graph.value(id).kind == ir::ValueKind::Result) graph.outputs.push_back({graph.value(id).name, id});
  }
  return eliminate_dead_code(std::move(graph));
}

}  // namespace medbench::passes
