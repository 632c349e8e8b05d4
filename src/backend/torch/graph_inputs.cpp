#include "backend/torch/graph_inputs.hpp"

#include <algorithm>
#include <set>

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kMaskOperand = 3;     // of Attention
constexpr std::size_t kOffsetsOperand = 3;  // of PackedAttention

std::set<ir::ValueId> values_that_only_mask(const ir::Graph& graph) {
  std::set<ir::ValueId> masks;
  std::set<ir::ValueId> others;
  for (const auto& node : graph.nodes) {
    const bool attention = std::holds_alternative<ir::Attention>(node.op);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      (attention && i == kMaskOperand ? masks : others).insert(node.inputs[i]);
  }
  for (const auto& output : graph.outputs) others.insert(output.value);
  std::erase_if(masks, [&](ir::ValueId id) { return others.contains(id); });
  return masks;
}

bool places_texts(const ir::Graph& graph, ir::ValueId id) {
  return std::ranges::any_of(graph.nodes, [id](const ir::Node& node) {
    return std::holds_alternative<ir::PackedAttention>(node.op) && node.inputs.at(kOffsetsOperand) == id;
  });
}

}  // namespace

std::vector<GraphInput> inputs_of(const ir::Graph& graph) {
  const std::set<ir::ValueId> masks = values_that_only_mask(graph);
  std::vector<GraphInput> inputs;
  for (const ir::ValueId id : graph.inputs()) {
    const ir::Value& value = graph.value(id);
    inputs.push_back({value.name, value.dtype, value.shape, masks.contains(id), places_texts(graph, id)});
  }
  return inputs;
}

bool has_attention(const ir::Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const ir::Node& node) {
    return std::holds_alternative<ir::Attention>(node.op) ||
           std::holds_alternative<ir::PackedAttention>(node.op);
  });
}

}  // namespace medbench::torch_backend
