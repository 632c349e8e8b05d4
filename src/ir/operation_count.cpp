#include "ir/operation_count.hpp"

#include <array>
#include <vector>

#include "base/error.hpp"
#include "base/tensor.hpp"

namespace medbench::ir {
namespace {

// Pairs of a query and a key of one text.
std::int64_t pairs_of(const Node& node, std::span<const std::int64_t> lengths) {
  if (lengths.empty())
    throw internal_error("'{}' attends within texts, whose lengths nobody gave", node.name);
  std::int64_t pairs = 0;
  for (const std::int64_t length : lengths) pairs += element_count(std::array{length, length});
  return pairs;
}

std::int64_t count(const Graph& graph, const Node& node, const Axes& axes,
                   std::span<const std::int64_t> lengths) {
  const auto shape_of = [&](std::size_t input) {
    return ir::bind(graph.value(node.inputs.at(input)).shape, axes);
  };
  const auto product = [&] {
    std::vector<std::int64_t> factors = shape_of(0);  // [..., in]
    factors.push_back(shape_of(1).at(0));             // out
    factors.push_back(2);
    return element_count(factors);
  };
  // 2 * elements * the products that each of them takes part in, which the weight's dimensions from 1 on say.
  const auto filtered = [&](std::vector<std::int64_t> factors) {
    const std::vector<std::int64_t> weight = shape_of(1);
    factors.insert(factors.end(), weight.begin() + 1, weight.end());
    factors.push_back(2);
    return element_count(factors);
  };
  const auto none = [] { return std::int64_t{0}; };
  return std::visit(
      Overloaded{
          [&](const Linear&) { return product(); },
          [&](const QuantizedLinear&) { return product(); },
          [&](const Attention&) {
            std::vector<std::int64_t> factors = shape_of(0);  // [batch, seq, heads*d]
            factors.push_back(factors.at(1));
            factors.push_back(4);
            return element_count(factors);
          },
          [&](const PackedAttention&) {
            return element_count(std::array{shape_of(0).at(1), pairs_of(node, lengths), std::int64_t{4}});
          },
          [&](const Embedding&) { return none(); },
          [&](const FakeQuantize&) { return none(); },
          [&](const LayerNorm&) { return none(); },
          [&](const Activate&) { return none(); },
          [&](const Softmax&) { return none(); },
          [&](const Add&) { return none(); },
          [&](const Reshape&) { return none(); },
          [&](const Transpose&) { return none(); },
          [&](const Slice&) { return none(); },
          [&](const Cast&) { return none(); },
          [&](const RoundToFp8&) { return none(); },
          [&](const Convolution&) { return filtered(ir::bind(graph.value(node.output).shape, axes)); },
          [&](const QuantizedConvolution&) {
            return filtered(ir::bind(graph.value(node.output).shape, axes));
          },
          [&](const TransposedConvolution&) { return filtered(shape_of(0)); },
          [&](const Pool&) { return none(); },
          [&](const AdaptiveAveragePool&) { return none(); },
          [&](const BatchNorm&) { return none(); },
          [&](const InstanceNorm&) { return none(); },
          [&](const Concatenate&) { return none(); },
          [&](const Upsample&) { return none(); },
          [&](const Pad&) { return none(); },
      },
      node.op);
}

[[noreturn]] void refuse(const Graph& graph, const Axes& axes) {
  throw usage_error("the operations of '{}' at {} do not fit into 63 bits: use smaller sizes", graph.name,
                    to_string(axes));
}

}  // namespace

std::int64_t operation_count(const Graph& graph, const Axes& axes, std::span<const std::int64_t> lengths) {
  std::int64_t total = 0;
  for (const Node& node : graph.nodes)
    if (__builtin_add_overflow(total, count(graph, node, axes, lengths), &total)) refuse(graph, axes);
  return total;
}

std::int64_t moved_elements(const Graph& graph, const Axes& axes, std::span<const std::int64_t> lengths) {
  std::int64_t total = 0;
  for (const Node& node : graph.nodes) {
    if (count(graph, node, axes, lengths) == 0) continue;
    std::vector<ValueId> values = node.inputs;
    values.push_back(node.output);
    for (const ValueId id : values) {
      if (__builtin_add_overflow(total, element_count(ir::bind(graph.value(id).shape, axes)), &total))
        refuse(graph, axes);
    }
  }
  return total;
}

}  // namespace medbench::ir
