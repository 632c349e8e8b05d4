#include <algorithm>
#include <utility>

#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {

ir::Graph eliminate_dead_code(ir::Graph graph) {
  std::vector<bool> needed(graph.values.size(), false);
  for (const ir::Output& output : graph.outputs) needed[output.value] = true;
  std::vector<ir::Node> kept;  // backwards
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    ir::Node& node = graph.nodes[i];
    if (!needed[node.output]) continue;
    for (const ir::ValueId id : node.inputs) needed[id] = true;
    kept.push_back(std::move(node));
  }
  std::reverse(kept.begin(), kept.end());
  return with_nodes(std::move(graph), std::move(kept));
}

}  // namespace medbench::passes
