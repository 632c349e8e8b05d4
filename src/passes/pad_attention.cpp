#include "passes/pad_attention.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

ir::ValueId add_input(PackedTexts& texts, std::string_view name, ir::Role role, ir::Shape shape) {
  texts.inputs.push_back({.name = unique_name(texts.graph, std::string(name)),
                          .dtype = DType::I64,
                          .shape = std::move(shape),
                          .role = role,
                          .domain = {0, 0}});
  const ir::InputSpec& spec = texts.inputs.back();
  texts.graph.values.push_back({spec.name, ir::ValueKind::Input, spec.dtype, spec.shape, {}});
  return static_cast<ir::ValueId>(texts.graph.values.size() - 1);
}

class Padding {
 public:
  explicit Padding(PackedTexts texts) : texts_(std::move(texts)) {
    tokens_ = add_input(texts_, kPaddedTokens, ir::Role::PaddedTokens, {ir::kBatch, ir::kSeq});
    mask_ = add_input(texts_, kPaddedMask, ir::Role::PaddedMask, {ir::kBatch, ir::kSeq});
    places_ = add_input(texts_, kPaddedPlaces, ir::Role::PaddedPlaces, {ir::kTokens});
  }

  PackedTexts run() {
    for (ir::Node& node : std::exchange(texts_.graph.nodes, {})) {
      if (const auto* attention = std::get_if<ir::PackedAttention>(&node.op)) {
        pad(node, attention->heads);
      } else {
        nodes_.push_back(std::move(node));
      }
    }
    texts_.graph = with_nodes(std::move(texts_.graph), std::move(nodes_));
    return std::move(texts_);
  }

 private:
  void pad(const ir::Node& node, std::int64_t heads) {
    const ir::Dim width = value(node.output).shape.back();
    const ir::Shape padded{ir::kBatch, ir::kSeq, width};
    std::vector<ir::ValueId> operands;
    for (const auto& [operand, name] : {std::pair{0, ".queries"}, {1, ".keys"}, {2, ".values"}}) {
      const ir::ValueId rows = node.inputs.at(static_cast<std::size_t>(operand));
      operands.push_back(add(node.name + name, ir::Embedding{}, {tokens_, rows}, padded));
    }
    operands.push_back(mask_);
    const ir::ValueId mixed = add(node.name + ".padded", ir::Attention{heads}, std::move(operands), padded);
    const ir::Shape rows{ir::kBatch * ir::kSeq, width};
    const ir::ValueId flat = add(node.name + ".rows", ir::Reshape{rows}, {mixed}, rows);
    nodes_.push_back({node.name, ir::Embedding{}, {places_, flat}, node.output});
  }

  [[nodiscard]] const ir::Value& value(ir::ValueId id) const { return texts_.graph.values.at(id); }

  // A node whose result has the type of the attention's operands.
  ir::ValueId add(const std::string& wanted, ir::Op op, std::vector<ir::ValueId> inputs, ir::Shape shape) {
    const std::string name = unique_name(texts_.graph, wanted);
    texts_.graph.values.push_back({name, ir::ValueKind::Result, DType::F32, std::move(shape), {}});
    const auto id = static_cast<ir::ValueId>(texts_.graph.values.size() - 1);
    nodes_.push_back({name, std::move(op), std::move(inputs), id});
    return id;
  }

  PackedTexts texts_;
  ir::ValueId tokens_ = 0;
  ir::ValueId mask_ = 0;
  ir::ValueId places_ = 0;
  std::vector<ir::Node> nodes_;
};

}  // namespace

bool has_packed_attention(const ir::Graph& graph) {
  return std::ranges::any_of(
      graph.nodes, [](const ir::Node& node) { return std::holds_alternative<ir::PackedAttention>(node.op); });
}

PackedTexts pad_attention(PackedTexts texts) {
  return has_packed_attention(texts.graph) ? Padding(std::move(texts)).run() : std::move(texts);
}

PackedTexts order_attention(PackedTexts texts) {
  if (!has_packed_attention(texts.graph)) return texts;
  const ir::ValueId order = add_input(texts, kPaddedOrder, ir::Role::PaddedOrder, {ir::kBatch, ir::kSeq});
  for (ir::Node& node : texts.graph.nodes) {
    auto* attention = std::get_if<ir::PackedAttention>(&node.op);
    if (attention == nullptr) continue;
    attention->is_ordered = true;
    node.inputs.push_back(order);
  }
  return texts;
}

}  // namespace medbench::passes
