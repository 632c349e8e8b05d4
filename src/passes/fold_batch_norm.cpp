#include "passes/fold_batch_norm.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

class BatchNormFolding {
 public:
  explicit BatchNormFolding(ir::Graph graph)
      : graph_(std::move(graph)), uses_(count_uses(graph_)), maker_(graph_.values.size()) {}

  FoldedGraph run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      ir::Node& node = graph_.nodes[i];
      if (const auto* norm = std::get_if<ir::BatchNorm>(&node.op)) absorb(node, norm->epsilon);
      maker_[node.output] = i;
    }
    std::vector<ir::Node> kept;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (maker_[graph_.nodes[i].output] == i) kept.push_back(std::move(graph_.nodes[i]));
    }
    return {with_nodes(std::move(graph_), std::move(kept)), std::move(convolutions_)};
  }

 private:
  [[nodiscard]] const ir::Value& input(const ir::Node& node, std::size_t i) const {
    return graph_.value(node.inputs[i]);
  }
  [[nodiscard]] bool has_parameters(const ir::Node& node) const {
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(),
                       [this](ir::ValueId id) { return graph_.value(id).kind == ir::ValueKind::Parameter; });
  }

  // A parameter that FoldedParameters makes.
  ir::ValueId append(const ir::Value& like) {
    ir::Value value = like;
    value.name = unique_name(graph_, like.name + ".folded");
    value.parts = {value.name};
    graph_.values.push_back(std::move(value));
    return static_cast<ir::ValueId>(graph_.values.size() - 1);
  }

  // `norm` becomes the convolution before it, which makes nothing any more and is left out at the end.
  void absorb(ir::Node& norm, double epsilon) {
    const ir::ValueId x = norm.inputs[0];
    if (!maker_[x] || uses_[x] != 1) return;
    const ir::Node& before = graph_.nodes[*maker_[x]];
    ir::Op op = before.op;
    auto* convolution = std::get_if<ir::Convolution>(&op);
    auto* transposed = std::get_if<ir::TransposedConvolution>(&op);
    if ((convolution == nullptr && transposed == nullptr) || !has_parameters(before) || !has_parameters(norm))
      return;
    bool& has_bias = convolution != nullptr ? convolution->bias : transposed->bias;
    ir::FoldedConvolution folded{.weight_name = {},
                                 .bias_name = {},
                                 .weight = input(before, 1),
                                 .bias = std::nullopt,
                                 .scale = input(norm, 1),
                                 .shift = input(norm, 2),
                                 .mean = input(norm, 3),
                                 .variance = input(norm, 4),
                                 .epsilon = epsilon,
                                 .transposed_groups = transposed != nullptr ? transposed->groups : 0};
    if (has_bias) folded.bias = input(before, 2);
    has_bias = true;
    const ir::ValueId weight = append(folded.weight);
    const ir::ValueId bias = append(folded.bias.value_or(folded.shift));
    folded.weight_name = graph_.value(weight).name;
    folded.bias_name = graph_.value(bias).name;
    convolutions_.push_back(std::move(folded));
    maker_[x].reset();
    norm.name = before.name;
    norm.inputs = {before.inputs[0], weight, bias};
    norm.op = std::move(op);
  }

  ir::Graph graph_;
  std::vector<std::size_t> uses_;
  std::vector<std::optional<std::size_t>> maker_;  // by value: the node that makes it
  std::vector<ir::FoldedConvolution> convolutions_;
};

}  // namespace

FoldedGraph fold_batch_norm(ir::Graph graph) {
  return BatchNormFolding{std::move(graph)}.run();
}

}  // namespace medbench::passes
