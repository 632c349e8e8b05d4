#include "backend/torch/fusion.hpp"

#include <algorithm>

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kResidualOperand = 3;  // of Linear

std::map<ir::ValueId, int> count_reads(const ir::Graph& graph) {
  std::map<ir::ValueId, int> reads;
  for (const auto& node : graph.nodes)
    for (const ir::ValueId id : node.inputs) ++reads[id];
  for (const auto& output : graph.outputs) ++reads[output.value];
  return reads;
}

}  // namespace

std::map<ir::ValueId, ir::ValueId> additions_before_norms(const ir::Graph& graph) {
  const auto reads = count_reads(graph);
  std::map<ir::ValueId, ir::ValueId> sums;  // of all Linears with a residual of their own shape
  for (const auto& node : graph.nodes) {
    const auto* linear = std::get_if<ir::Linear>(&node.op);
    if (linear == nullptr || !linear->residual || reads.at(node.output) != 1) continue;
    const ir::ValueId residual = node.inputs.at(kResidualOperand);
    if (graph.value(residual).shape == graph.value(node.output).shape &&
        graph.value(residual).dtype == graph.value(node.output).dtype)
      sums.emplace(node.output, residual);
  }
  std::erase_if(sums, [&](const auto& sum) {
    return std::none_of(graph.nodes.begin(), graph.nodes.end(), [&](const ir::Node& node) {
      return std::holds_alternative<ir::LayerNorm>(node.op) && node.inputs.front() == sum.first;
    });
  });
  return sums;
}

}  // namespace medbench::torch_backend
