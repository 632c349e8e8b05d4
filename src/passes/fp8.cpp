#include "passes/fp8.hpp"

#include <map>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "ir/fp8.hpp"
#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

// Operands of the node that are rounded by a range.
std::vector<std::size_t> ranged_operands(const ir::Graph& graph, const ir::Node& node) {
  if (std::holds_alternative<ir::Linear>(node.op) &&
      graph.value(node.inputs[1]).kind == ir::ValueKind::Parameter)
    return {0};
  if (std::holds_alternative<ir::Attention>(node.op)) return {0, 1, 2};
  return {};
}

class Rounding {
 public:
  Rounding(ir::Graph graph, const ir::Ranges& ranges) : graph_(std::move(graph)), ranges_(ranges) {}

  ir::Graph run() {
    for (ir::Node& node : std::exchange(graph_.nodes, {})) {
      const std::vector<std::size_t> operands = ranged_operands(graph_, node);
      for (const std::size_t operand : operands)
        node.inputs[operand] = rounded(node.inputs[operand], scale_of(node.inputs[operand]));
      if (!operands.empty() && std::holds_alternative<ir::Linear>(node.op))
        node.inputs[1] = rounded(node.inputs[1], 0);
      graph_.nodes.push_back(std::move(node));
    }
    return std::move(graph_);
  }

 private:
  [[nodiscard]] double scale_of(ir::ValueId id) const {
    const std::string& name = graph_.value(id).name;
    const auto found = ranges_.find(name);
    if (found == ranges_.end()) throw internal_error("calibration gave no range for '{}'", name);
    if (!found->second.is_valid())
      throw internal_error("the range [{}, {}] of '{}' does not contain 0", found->second.min,
                           found->second.max, name);
    return double{ir::fp8_scale(found->second.min, found->second.max)};
  }

  // Values that several nodes read are rounded once.
  ir::ValueId rounded(ir::ValueId id, double scale) {
    const auto [place, is_new] = rounded_.try_emplace(id, 0);
    if (!is_new) return place->second;
    ir::Value value = graph_.value(id);
    value.kind = ir::ValueKind::Result;
    value.parts.clear();
    value.name = unique_name(graph_, value.name + ".fp8");
    place->second = static_cast<ir::ValueId>(graph_.values.size());
    graph_.nodes.push_back({value.name, ir::RoundToFp8{scale}, {id}, place->second});
    graph_.values.push_back(std::move(value));
    return place->second;
  }

  ir::Graph graph_;
  const ir::Ranges& ranges_;
  std::map<ir::ValueId, ir::ValueId> rounded_;
};

}  // namespace

ir::Graph round_to_fp8(ir::Graph graph, const ir::Ranges& ranges) {
  return Rounding(std::move(graph), ranges).run();
}

ir::Graph observe_fp8_inputs(ir::Graph graph) {
  std::set<ir::ValueId> observed;
  graph.outputs.clear();
  for (const ir::Node& node : graph.nodes) {
    for (const std::size_t operand : ranged_operands(graph, node)) {
      const ir::ValueId id = node.inputs[operand];
      if (observed.insert(id).second) graph.outputs.push_back({graph.value(id).name, id});
    }
  }
  return eliminate_dead_code(std::move(graph));
}

}  // namespace medbench::passes
