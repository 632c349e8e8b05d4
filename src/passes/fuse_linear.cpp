#include <optional>
#include <utility>

#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

class LinearFusion {
 public:
  explicit LinearFusion(ir::Graph graph)
      : graph_(std::move(graph)), uses_(count_uses(graph_)), maker_(graph_.values.size()) {}

  ir::Graph run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      ir::Node& node = graph_.nodes[i];
      if (const auto* activate = std::get_if<ir::Activate>(&node.op)) {
        absorb_activation(node, activate->activation);
      } else if (std::holds_alternative<ir::Add>(node.op)) {
        absorb_addition(node);
      }
      maker_[node.output] = i;
    }
    std::vector<ir::Node> kept;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (maker_[graph_.nodes[i].output] == i) kept.push_back(std::move(graph_.nodes[i]));
    }
    return with_nodes(std::move(graph_), std::move(kept));
  }

 private:
  // The Linear that makes this value for a single reader and has no residual yet.
  ir::Node* open_linear(ir::ValueId id) {
    if (!maker_[id] || uses_[id] != 1) return nullptr;
    ir::Node& node = graph_.nodes[*maker_[id]];
    const auto* linear = std::get_if<ir::Linear>(&node.op);
    return linear != nullptr && !linear->residual ? &node : nullptr;
  }

  // `node` becomes the Linear with this operation; the old Linear makes nothing any more and is left out at
  // the end.
  void replace(ir::Node& node, ir::Node& linear, ir::Linear op) {
    maker_[linear.output].reset();
    node.name = linear.name;
    node.inputs = linear.inputs;
    node.op = op;
  }

  void absorb_activation(ir::Node& node, ir::Activation activation) {
    ir::Node* linear = open_linear(node.inputs[0]);
    if (linear == nullptr) return;
    ir::Linear op = std::get<ir::Linear>(linear->op);
    if (op.activation != ir::Activation::None || !ir::is_fused_by_linear(activation)) return;
    op.activation = activation;
    replace(node, *linear, op);
  }

  void absorb_addition(ir::Node& node) {
    const std::vector<ir::ValueId> operands = node.inputs;
    if (graph_.values[operands[0]].shape != graph_.values[operands[1]].shape) return;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      ir::Node* linear = open_linear(operands[side]);
      if (linear == nullptr) continue;
      ir::Linear op = std::get<ir::Linear>(linear->op);
      op.residual = true;
      replace(node, *linear, op);
      node.inputs.push_back(operands[1 - side]);
      return;
    }
  }

  ir::Graph graph_;
  std::vector<std::size_t> uses_;
  std::vector<std::optional<std::size_t>> maker_;  // by value: the node that makes it
};

}  // namespace

ir::Graph fuse_linear(ir::Graph graph) {
  return LinearFusion{std::move(graph)}.run();
}

}  // namespace medbench::passes
