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

void quantize_rows(const TensorView& part, std::int32_t weight_max, QuantizedWeight& weight) {
  const std::vector<float> floats = to_float(part);
  const auto width = static_cast<std::size_t>(weight.in);
  for (std::size_t begin = 0; begin < floats.size(); begin += width) {
    const std::span<const float> row = std::span(floats).subspan(begin, width);
    const float scale = ir::weight_scale(row, weight_max);
    weight.scales.push_back(scale);
    for (const float element : row) {
      weight.integers.push_back(
          static_cast<std::int8_t>(ir::quantize_weight_element(element, scale, weight_max)));
    }
  }
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
                           .activation_max = settings.activation_max};
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

QuantizedWeight quantize_weight(std::span<const ir::ParameterData> parts, std::int32_t weight_max) {
  QuantizedWeight weight;
  for (const ir::ParameterData& part : parts) {
    const std::vector<std::int64_t>& shape = part.view.shape;
    const bool fits = shape.size() == 2 && shape[1] > 0 && (weight.in == 0 || shape[1] == weight.in);
    if (!fits || !is_floating_point(part.view.dtype)) {
      throw internal_error("a weight of {} {} cannot be quantized: expected floating point [out, {}]",
                           to_string(part.view.dtype), shape_to_string(shape),
                           weight.in == 0 ? "in" : std::to_string(weight.in));
    }
    weight.in = shape[1];
    weight.out += shape[0];
  }
  weight.integers.reserve(static_cast<std::size_t>(weight.out * weight.in));
  for (const ir::ParameterData& part : parts) quantize_rows(part.view, weight_max, weight);
  return weight;
}

}  // namespace medbench::passes
