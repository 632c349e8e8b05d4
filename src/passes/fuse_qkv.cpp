#include <map>
#include <utility>

#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

bool is_mergeable(const ir::Graph& graph, const ir::Node& node) {
  const auto* linear = std::get_if<ir::Linear>(&node.op);
  return linear != nullptr && linear->activation == ir::Activation::None && !linear->residual &&
         graph.value(node.inputs[1]).kind == ir::ValueKind::Parameter &&
         graph.value(node.inputs[2]).kind == ir::ValueKind::Parameter;
}

// The same input of all these nodes, a parameter, concatenated along the first dimension.
ir::ValueId concatenate(ir::Graph& graph, const std::vector<std::size_t>& members, std::size_t input) {
  const ir::Value& first = graph.value(graph.nodes[members[0]].inputs[input]);
  ir::Value merged{unique_name(graph, first.name + ".merged"), first.kind, first.dtype, first.shape, {}};
  merged.shape[0] = 0;
  for (const std::size_t member : members) {
    const ir::Value& part = graph.value(graph.nodes[member].inputs[input]);
    merged.shape[0].factor += part.shape[0].factor;
    merged.parts.insert(merged.parts.end(), part.parts.begin(), part.parts.end());
  }
  graph.values.push_back(std::move(merged));
  return static_cast<ir::ValueId>(graph.values.size() - 1);
}

// One Linear for all members. Afterwards each member is a Slice of its result, under its own name and value.
ir::Node merge(ir::Graph& graph, const std::vector<std::size_t>& members) {
  const ir::Node& first = graph.nodes[members[0]];
  const ir::ValueId x = first.inputs[0];
  ir::Node merged{unique_name(graph, first.name + ".merged"), ir::Linear{}, {x}, 0};
  const ir::ValueId weight = concatenate(graph, members, 1);
  merged.inputs.push_back(weight);
  merged.inputs.push_back(concatenate(graph, members, 2));

  ir::Value result{merged.name, ir::ValueKind::Result, graph.value(x).dtype, graph.value(x).shape, {}};
  const auto last_axis = static_cast<int>(result.shape.size()) - 1;
  result.shape.back() = graph.value(weight).shape[0];
  graph.values.push_back(std::move(result));
  merged.output = static_cast<ir::ValueId>(graph.values.size() - 1);

  std::int64_t start = 0;
  for (const std::size_t member : members) {
    ir::Node& node = graph.nodes[member];
    const ir::Dim width = graph.value(node.output).shape.back();
    node.op = ir::Slice{last_axis, start, width};
    node.inputs = {merged.output};
    start += width.factor;
  }
  return merged;
}

}  // namespace

ir::Graph fuse_qkv(ir::Graph graph) {
  std::map<ir::ValueId, std::vector<std::size_t>> readers;  // by input: the mergeable Linears, in order
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_mergeable(graph, graph.nodes[i])) readers[graph.nodes[i].inputs[0]].push_back(i);
  }
  std::map<std::size_t, ir::Node> merged_before;  // by index: the merged Linear that goes before this node
  for (const auto& [input, members] : readers) {
    if (members.size() > 1) merged_before.emplace(members[0], merge(graph, members));
  }
  std::vector<ir::Node> nodes;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (const auto merged = merged_before.find(i); merged != merged_before.end()) {
      nodes.push_back(std::move(merged->second));
    }
    nodes.push_back(std::move(graph.nodes[i]));
  }
  return with_nodes(std::move(graph), std::move(nodes));
}

}  // namespace medbench::passes
