#include "passes/rewrite.hpp"

#include <algorithm>
#include <utility>

namespace medbench::passes {

std::vector<std::size_t> count_uses(const ir::Graph& graph) {
  std::vector<std::size_t> uses(graph.values.size(), 0);
  for (const ir::Node& node : graph.nodes) {
    for (const ir::ValueId id : node.inputs) ++uses[id];
  }
  for (const ir::Output& output : graph.outputs) ++uses[output.value];
  return uses;
}

std::string unique_name(const ir::Graph& graph, const std::string& wanted) {
  const auto taken = [&graph](const std::string& name) {
    const auto has_name = [&name](const auto& item) { return item.name == name; };
    return std::any_of(graph.values.begin(), graph.values.end(), has_name) ||
           std::any_of(graph.nodes.begin(), graph.nodes.end(), has_name);
  };
  std::string name = wanted;
  for (int i = 2; taken(name); ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

ir::Graph with_nodes(ir::Graph graph, std::vector<ir::Node> nodes) {
  graph.nodes = std::move(nodes);
  std::vector<std::size_t> needed = count_uses(graph);
  for (const ir::Node& node : graph.nodes) ++needed[node.output];
  std::vector<ir::ValueId> new_id(graph.values.size(), 0);
  std::vector<ir::Value> values;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (needed[i] == 0 && graph.values[i].kind != ir::ValueKind::Input) continue;
    new_id[i] = static_cast<ir::ValueId>(values.size());
    values.push_back(std::move(graph.values[i]));
  }
  graph.values = std::move(values);
  for (ir::Node& node : graph.nodes) {
    for (ir::ValueId& id : node.inputs) id = new_id[id];
    node.output = new_id[node.output];
  }
  for (ir::Output& output : graph.outputs) output.value = new_id[output.value];
  return graph;
}

}  // namespace medbench::passes
