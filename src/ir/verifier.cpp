#include "ir/verifier.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <string_view>
#include <unordered_set>

#include "base/error.hpp"
#include "ir/shape_inference.hpp"

namespace medbench::ir {
namespace {

// No machine holds a tensor of so many.
constexpr std::int64_t kTooManyElements = std::int64_t{1} << 40U;

using Names = std::unordered_set<std::string_view>;

void take_name(Names& names, std::string_view what, std::string_view name) {
  if (name.empty()) throw internal_error("a {} has no name", what);
  if (!names.insert(name).second) throw internal_error("two {}s are called '{}'", what, name);
}

void verify_value(const Value& value) {
  if (!is_value_dtype(value.dtype)) {
    throw internal_error("value '{}' cannot be {}", value.name, to_string(value.dtype));
  }
  for (const Dim& dim : value.shape) {
    if (!dim.is_positive()) {
      throw internal_error("value '{}' has a dimension below 1: {}", value.name, to_string(value.shape));
    }
    if (value.kind == ValueKind::Parameter && !dim.is_static()) {
      throw internal_error("parameter '{}' must have a fixed shape, found {}", value.name,
                           to_string(value.shape));
    }
  }
  if ((value.kind == ValueKind::Parameter) == value.parts.empty()) {
    throw internal_error("value '{}' has {} parts; parameters, and they alone, have parts", value.name,
                         value.parts.size());
  }
}

void verify_node(const Graph& graph, const Node& node, std::vector<bool>& ready) {
  const ValueType inferred = infer_result(graph, node);  // checks the arity and that the inputs are in range
  for (const ValueId id : node.inputs) {
    if (!ready[id]) {
      throw internal_error("node '{}' reads '{}' before it is made", node.name, graph.values[id].name);
    }
  }
  if (node.output >= graph.values.size()) {
    throw internal_error("node '{}' writes value {}, but the graph has only {} values", node.name,
                         node.output, graph.values.size());
  }
  const Value& result = graph.values[node.output];
  if (result.kind != ValueKind::Result || ready[node.output]) {
    throw internal_error("node '{}' writes '{}', which is an input, a parameter or another node's result",
                         node.name, result.name);
  }
  ready[node.output] = true;
  const ValueType found{result.dtype, result.shape};
  if (found != inferred) {
    throw internal_error("node '{}' ({}) makes {}, but its result '{}' is declared {}", node.name,
                         name_of(node.op), to_string(inferred), result.name, to_string(found));
  }
}

}  // namespace

void verify(const Graph& graph) {
  Names value_names;
  std::vector<bool> ready;
  ready.reserve(graph.values.size());
  for (const Value& value : graph.values) {
    take_name(value_names, "value", value.name);
    verify_value(value);
    ready.push_back(value.kind != ValueKind::Result);
  }
  Names node_names;
  for (const Node& node : graph.nodes) {
    take_name(node_names, "node", node.name);
    verify_node(graph, node, ready);
  }
  const auto unmade = std::find(ready.begin(), ready.end(), false);
  if (unmade != ready.end()) {
    const auto index = static_cast<std::size_t>(unmade - ready.begin());
    throw internal_error("value '{}' is made by no node", graph.values[index].name);
  }
  if (graph.outputs.empty()) throw internal_error("graph '{}' has no output", graph.name);
  Names output_names;
  for (const Output& output : graph.outputs) {
    take_name(output_names, "output", output.name);
    if (output.value >= graph.values.size()) {
      throw internal_error("output '{}' is value {}, but the graph has only {} values", output.name,
                           output.value, graph.values.size());
    }
  }
}

void check_axes(const Graph& graph, const Axes& axes) {
  for (const AxisInfo& row : kAxes) {
    if (axes[row.axis] < 0) throw usage_error("{} {} must be at least 1", row.noun, axes[row.axis]);
  }
  for (const Value& value : graph.values) {
    const std::vector<std::int64_t> shape = ir::bind(value.shape, axes);
    if (element_count(shape) < kTooManyElements) continue;
    throw usage_error("'{}' would be {}, which is too large: use smaller sizes", value.name,
                      shape_to_string(shape));
  }
  for (const Node& node : graph.nodes) {
    const auto* slice = std::get_if<Slice>(&node.op);
    if (slice == nullptr) continue;
    const Shape& shape = graph.value(node.inputs.at(0)).shape;
    const std::int64_t size = ir::bind(shape.at(static_cast<std::size_t>(slice->axis)), axes);
    const std::int64_t length = ir::bind(slice->length, axes);
    if (slice->start <= size && length <= size - slice->start) continue;
    const auto axis = slice->length.symbol();
    const std::int64_t most = size - slice->start - slice->length.offset;
    throw usage_error("'{}' takes {} rows from {} on, but there are only {}: {}", node.name, length,
                      slice->start, size,
                      axis && most >= 1 ? fmt::format("use a {} of at most {}", info_of(*axis).noun, most)
                                        : "use other sizes");
  }
}

}  // namespace medbench::ir
