#include "backend/torch/fusion.hpp"

#include <algorithm>
#include <concepts>
#include <utility>

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
  ChainSearch(const ir::Graph& graph, const ChainRules& rules)
      : graph_(graph), rules_(rules), reads_(count_reads(graph)) {}

  ImageChains run() {
    for (const ir::Node& node : graph_.nodes) {
      if (!rules_.takes(graph_.value(node.output))) continue;
      std::visit([&](const auto& op) { take(node, op); }, node.op);
    }
    return std::move(chains_);
  }

 private:
  template <class Op>
  void take(const ir::Node& node, const Op& op) {
    if constexpr (std::same_as<Op, ir::Convolution> || std::same_as<Op, ir::TransposedConvolution>) {
      chains_.by_result[node.output].first = &node;
    } else if constexpr (std::same_as<Op, ir::InstanceNorm>) {
      if (rules_.norms_and_pools) chains_.by_result[node.output].first = &node;
    } else if constexpr (std::same_as<Op, ir::BatchNorm>) {
      if (rules_.norms_and_pools) take_batch_norm(node);
    } else if constexpr (std::same_as<Op, ir::Concatenate>) {
      if (is_joined(node)) take_join(node);
    } else if constexpr (std::same_as<Op, ir::Add>) {
      take_addition(node);
    } else if constexpr (std::same_as<Op, ir::Activate>) {
      take_activation(node, op);
    } else if constexpr (std::same_as<Op, ir::Pool>) {
      if (rules_.norms_and_pools && op.kind == ir::Pooling::Max) take_maximum(node);
    }
  }

  // The chain that makes this value for a single reader.
  [[nodiscard]] const ImageChain* chain_of(ir::ValueId id) const {
    const auto found = chains_.by_result.find(id);
    return found != chains_.by_result.end() && reads_.at(id) == 1 ? &found->second : nullptr;
  }
  // One that has no activation yet.
  [[nodiscard]] const ImageChain* open_chain(ir::ValueId id) const {
    const ImageChain* chain = chain_of(id);
    const bool is_open =
        chain != nullptr && chain->pool == nullptr && chain->activation.activation == ir::Activation::None;
    return is_open ? chain : nullptr;
  }

  void extend(ir::ValueId from, ir::ValueId to, ImageChain chain) {
    chains_.by_result.erase(from);
    chains_.by_result.emplace(to, std::move(chain));
    chains_.inside.insert(from);
  }

  [[nodiscard]] bool is_joined(const ir::Node& node) const {
    return std::get<ir::Concatenate>(node.op).axis == 1 && node.inputs.size() <= rules_.most_joined &&
           std::all_of(node.inputs.begin(), node.inputs.end(),
                       [&](ir::ValueId id) { return rules_.takes(graph_.value(id)); });
  }

  void take_join(const ir::Node& node) {
    ImageChain& chain = chains_.by_result[node.output];
    chain.first = &node;
    chain.joined = node.inputs;
  }

  void take_batch_norm(const ir::Node& node) {
    ImageChain chain;
    chain.first = &node;
    const ir::ValueId x = node.inputs.front();
    if (const ImageChain* before = open_chain(x);
        before != nullptr && std::holds_alternative<ir::Concatenate>(before->first->op)) {
      chain.joined = before->joined;
      extend(x, node.output, std::move(chain));
    } else {
      chains_.by_result.emplace(node.output, std::move(chain));
    }
  }

  void take_addition(const ir::Node& node) {
    const ir::Shape& shape = graph_.value(node.output).shape;
    for (const std::size_t side : {std::size_t{1}, std::size_t{0}}) {  // rather what is computed last
      const ir::ValueId from = node.inputs[side];
      const ir::ValueId addend = node.inputs[1 - side];
      const ImageChain* chain = open_chain(from);
      if (chain == nullptr || chain->addend || graph_.value(from).shape != shape ||
          graph_.value(addend).shape != shape || graph_.value(addend).dtype != graph_.value(from).dtype ||
          !std::holds_alternative<ir::Convolution>(chain->first->op))
        continue;
      ImageChain longer = *chain;
      longer.addend = addend;
      extend(from, node.output, std::move(longer));
      return;
    }
  }

  void take_activation(const ir::Node& node, const ir::Activate& activation) {
    const ImageChain* chain = open_chain(node.inputs.front());
    const bool with_addend = rules_.norms_and_pools || activation.activation == ir::Activation::Relu;
    if (chain == nullptr || !rules_.activates(activation.activation) || (chain->addend && !with_addend))
      return;
    ImageChain longer = *chain;
    longer.activation = activation;
    extend(node.inputs.front(), node.output, std::move(longer));
  }

  void take_maximum(const ir::Node& node) {
    const ImageChain* chain = chain_of(node.inputs.front());
    if (chain == nullptr || chain->pool != nullptr || chain->addend ||
        !std::holds_alternative<ir::Convolution>(chain->first->op))
      return;
    ImageChain longer = *chain;
    longer.pool = &node;
    extend(node.inputs.front(), node.output, std::move(longer));
  }

  const ir::Graph& graph_;
  const ChainRules& rules_;
  std::map<ir::ValueId, int> reads_;
  ImageChains chains_;
};

}  // namespace

ImageChains image_chains(const ir::Graph& graph, const ChainRules& rules) {
  return ChainSearch(graph, rules).run();
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
