#include "passes/quantize_images.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "passes/quantize.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

constexpr std::size_t kRankOfImage = 4;  // at least

// Not those of volumes in groups, which OpenVINO 2026.4 computes wrongly where its oneDNN is limited to AVX2.
bool is_quantizable(const ir::Graph& graph, const ir::Node& node) {
  const auto* convolution = std::get_if<ir::Convolution>(&node.op);
  if (convolution == nullptr || graph.value(node.inputs[1]).kind != ir::ValueKind::Parameter) return false;
  return convolution->groups == 1 || graph.value(node.inputs[1]).shape.size() <= kRankOfImage;
}

bool is_relu(const ir::Node& node) {
  const auto* activate = std::get_if<ir::Activate>(&node.op);
  return activate != nullptr && activate->activation == ir::Activation::Relu;
}

bool is_maximum(const ir::Node& node) {
  const auto* pool = std::get_if<ir::Pool>(&node.op);
  return pool != nullptr && pool->kind == ir::Pooling::Max;
}

// Which values are rounded, found once for the whole graph.
class Search {
 public:
  Search(const ir::Graph& graph, const ConvolutionRounding& rounding)
      : graph_(graph), rounding_(rounding), makers_(graph.values.size()), readers_(graph.values.size()) {
    for (const ir::Node& node : graph.nodes) {
      makers_[node.output] = &node;
      for (const ir::ValueId id : node.inputs) readers_[id].push_back(&node);
    }
  }

  std::set<ir::ValueId> run() {
    for (const ir::Node& node : graph_.nodes) {
      if (is_quantizable(graph_, node)) round(node.inputs[0]);
    }
    if (rounding_.results == RoundedResults::Addends) {
      for (const ir::Node& node : graph_.nodes) round_addend(node);
    }
    if (rounding_.results != RoundedResults::All) return std::move(rounded_);
    for (const ir::Node& node : graph_.nodes) {
      if (is_quantizable(graph_, node)) round_result(node.output);
    }
    for (const ir::Node& node : graph_.nodes) {
      if (is_sum_of_rounded(node)) round_result(node.output);
    }
    return std::move(rounded_);
  }

 private:
  void round(ir::ValueId id) {
    while (makers_[id] != nullptr && is_maximum(*makers_[id])) id = makers_[id]->inputs[0];
    rounded_.insert(id);
  }

  // Behind its activation, where that is a ReLU that nobody else comes before.
  void round_result(ir::ValueId id) {
    const auto& readers = readers_[id];
    if (readers.size() == 1 && is_relu(*readers.front())) id = readers.front()->output;
    if (!readers_[id].empty()) rounded_.insert(id);
  }

  void round_addend(const ir::Node& node) {
    if (!std::holds_alternative<ir::Add>(node.op) || readers_[node.output].size() != 1) return;
    const ir::ValueId made = node.output;
    const ir::ValueId behind = readers_[made].front()->output;
    if (!rounded_.contains(made) && !(is_relu(*readers_[made].front()) && rounded_.contains(behind))) return;
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const ir::ValueId product = node.inputs[side];
      const ir::ValueId addend = node.inputs[1 - side];
      const bool is_product = makers_[product] != nullptr && is_quantizable(graph_, *makers_[product]) &&
                              readers_[product].size() == 1;
      if (!is_product || graph_.value(addend).shape != graph_.value(made).shape ||
          graph_.value(product).shape != graph_.value(made).shape)
        continue;
      return round(addend);
    }
  }

  [[nodiscard]] bool is_sum_of_rounded(const ir::Node& node) const {
    return std::holds_alternative<ir::Add>(node.op) &&
           graph_.value(node.output).shape.size() >= kRankOfImage &&
           std::ranges::all_of(node.inputs, [&](ir::ValueId id) { return is_rounded(id); });
  }
  [[nodiscard]] bool is_rounded(ir::ValueId id) const {
    while (makers_[id] != nullptr && is_maximum(*makers_[id])) id = makers_[id]->inputs[0];
    return rounded_.contains(id);
  }

  const ir::Graph& graph_;
  const ConvolutionRounding& rounding_;
  std::vector<const ir::Node*> makers_;                // null for inputs and parameters
  std::vector<std::vector<const ir::Node*>> readers_;  // nodes alone
  std::set<ir::ValueId> rounded_;
};

class Rounding {
 public:
  Rounding(ir::Graph graph, const ConvolutionRounding& rounding, const ir::Ranges& ranges)
      : rounding_(rounding),
        ranges_(ranges),
        rounded_(values_to_round(graph, rounding)),
        graph_(std::move(graph)) {}

  ir::Graph run() {
    std::vector<ir::Node> nodes = std::exchange(graph_.nodes, {});
    replacement_.resize(graph_.values.size());
    for (std::size_t i = 0; i < replacement_.size(); ++i) replacement_[i] = static_cast<ir::ValueId>(i);
    const auto inputs = graph_.inputs();
    for (const ir::ValueId id : inputs) append_rounding(id);
    for (ir::Node& node : nodes) {
      for (ir::ValueId& id : node.inputs) id = replacement_[id];
      if (is_quantizable(graph_, node)) {
        node.op = ir::QuantizedConvolution{.window = std::get<ir::Convolution>(node.op),
                                           .weight_max = rounding_.weight_max};
      }
      const ir::ValueId made = node.output;
      if (is_relu(node) && rounded_.contains(made) && !is_output(made)) {
        node.op = rounding_of(made);
        made_.push_back(std::move(node));
        continue;
      }
      made_.push_back(std::move(node));
      append_rounding(made);
    }
    return with_nodes(std::move(graph_), std::move(made_));
  }

 private:
  [[nodiscard]] bool is_output(ir::ValueId id) const {
    return std::ranges::any_of(graph_.outputs, [&](const ir::Output& output) { return output.value == id; });
  }

  [[nodiscard]] ir::FakeQuantize rounding_of(ir::ValueId id) const {
    const ir::Range range = range_of(graph_, id, ranges_);
    return {.min = range.min, .max = range.max, .activation_max = rounding_.activation_max};
  }

  // Who comes later reads its result in place of the value.
  void append_rounding(ir::ValueId id) {
    if (!rounded_.contains(id)) return;
    ir::Node node{unique_name(graph_, graph_.value(id).name + ".rounded"), rounding_of(id), {id}, 0};
    ir::Value value = graph_.value(id);
    value.name = node.name;
    value.kind = ir::ValueKind::Result;
    value.parts.clear();
    graph_.values.push_back(std::move(value));
    node.output = static_cast<ir::ValueId>(graph_.values.size() - 1);
    replacement_[id] = node.output;
    made_.push_back(std::move(node));
  }

  const ConvolutionRounding& rounding_;
  const ir::Ranges& ranges_;
  std::set<ir::ValueId> rounded_;
  ir::Graph graph_;
  std::vector<ir::ValueId> replacement_;  // of values of the old graph, for their readers
  std::vector<ir::Node> made_;
};

}  // namespace

std::set<ir::ValueId> values_to_round(const ir::Graph& graph, const ConvolutionRounding& rounding) {
  return Search(graph, rounding).run();
}

ir::Graph quantize_convolutions(ir::Graph graph, const ConvolutionRounding& rounding,
                                const ir::Ranges& ranges) {
  return Rounding(std::move(graph), rounding, ranges).run();
}

}  // namespace medbench::passes
