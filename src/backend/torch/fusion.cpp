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

class ChainSearch {
 public:
  explicit ChainSearch(const ir::Graph& graph) : graph_(graph), reads_(count_reads(graph)) {}

  ConvolutionChains run() {
    for (const ir::Node& node : graph_.nodes) {
      if (std::holds_alternative<ir::Convolution>(node.op) ||
          std::holds_alternative<ir::TransposedConvolution>(node.op)) {
        chains_.by_result[node.output].convolution = &node;
      } else if (std::holds_alternative<ir::Add>(node.op)) {
        take_addition(node);
      } else if (const auto* activation = std::get_if<ir::Activate>(&node.op)) {
        take_activation(node, *activation);
      }
    }
    return std::move(chains_);
  }

 private:
  // The chain that makes this value for a single reader and has no activation yet.
  [[nodiscard]] const ConvolutionChain* open_chain(ir::ValueId id) const {
    const auto found = chains_.by_result.find(id);
    const bool is_open = found != chains_.by_result.end() && reads_.at(id) == 1 &&
                         found->second.activation.activation == ir::Activation::None;
    return is_open ? &found->second : nullptr;
  }

  void extend(ir::ValueId from, ir::ValueId to, ConvolutionChain chain) {
    chains_.by_result.erase(from);
    chains_.by_result.emplace(to, chain);
    chains_.inside.insert(from);
  }

  void take_addition(const ir::Node& node) {
    const ir::Shape& shape = graph_.value(node.output).shape;
    for (const std::size_t side : {std::size_t{1}, std::size_t{0}}) {  // rather what is computed last
      const ir::ValueId from = node.inputs[side];
      const ir::ValueId addend = node.inputs[1 - side];
      const ConvolutionChain* chain = open_chain(from);
      if (chain == nullptr || chain->addend || graph_.value(from).shape != shape ||
          graph_.value(addend).shape != shape ||
          !std::holds_alternative<ir::Convolution>(chain->convolution->op))
        continue;
      ConvolutionChain longer = *chain;
      longer.addend = addend;
      extend(from, node.output, longer);
      return;
    }
  }

  void take_activation(const ir::Node& node, const ir::Activate& activation) {
    const ConvolutionChain* chain = open_chain(node.inputs.front());
    if (chain == nullptr || (chain->addend && activation.activation != ir::Activation::Relu)) return;
    ConvolutionChain longer = *chain;
    longer.activation = activation;
    extend(node.inputs.front(), node.output, longer);
  }

  const ir::Graph& graph_;
  std::map<ir::ValueId, int> reads_;
  ConvolutionChains chains_;
};

}  // namespace

ConvolutionChains convolution_chains(const ir::Graph& graph) {
  return ChainSearch(graph).run();
}

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
