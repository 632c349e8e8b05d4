#include "passes/autocast.hpp"

#include <map>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

enum class Rule {
  Lower,  // in 16 bits
  F32,
  Widest,  // of the operands' types
  AsX,     // the first operand's type; the others as they are
};

constexpr std::size_t kVolume = 3;  // spatial dimensions

Rule rule_of(const ir::Op& op, AutocastLists lists) {
  const Rule on_cuda_alone = lists == AutocastLists::Cuda ? Rule::F32 : Rule::AsX;
  const auto volume_on_cpu = [lists](std::size_t dimensions) {
    return lists == AutocastLists::Cpu && dimensions == kVolume ? Rule::F32 : Rule::AsX;
  };
  return std::visit(ir::Overloaded{
                        [](const ir::Embedding&) { return Rule::Widest; },
                        [](const ir::Linear&) { return Rule::Lower; },
                        [](const ir::QuantizedLinear&) { return Rule::F32; },
                        [](const ir::FakeQuantize&) { return Rule::F32; },
                        [&](const ir::LayerNorm&) { return on_cuda_alone; },
                        [](const ir::Activate&) { return Rule::AsX; },
                        [&](const ir::Softmax&) { return on_cuda_alone; },
                        [](const ir::Attention&) { return Rule::Lower; },
                        [](const ir::PackedAttention&) { return Rule::Lower; },
                        [](const ir::Add&) { return Rule::Widest; },
                        [](const ir::Reshape&) { return Rule::AsX; },
                        [](const ir::Transpose&) { return Rule::AsX; },
                        [](const ir::Slice&) { return Rule::AsX; },
                        [](const ir::Cast&) { return Rule::AsX; },
                        [](const ir::RoundToFp8&) { return Rule::AsX; },
                        [](const ir::Convolution&) { return Rule::Lower; },
                        [](const ir::QuantizedConvolution&) { return Rule::F32; },
                        [](const ir::TransposedConvolution&) { return Rule::Lower; },
                        [&](const ir::Pool& pool) { return volume_on_cpu(pool.kernel.size()); },
                        [&](const ir::AdaptiveAveragePool& pool) { return volume_on_cpu(pool.sizes.size()); },
                        [](const ir::BatchNorm&) { return Rule::AsX; },
                        [](const ir::InstanceNorm&) { return Rule::AsX; },
                        [](const ir::Concatenate&) { return Rule::Widest; },
                        [&](const ir::Upsample&) { return on_cuda_alone; },
                        [](const ir::Pad&) { return Rule::AsX; },
                    },
                    op);
}

class Autocast {
 public:
  Autocast(ir::Graph graph, DType dtype, AutocastLists lists)
      : graph_(std::move(graph)), dtype_(dtype), lists_(lists) {}

  ir::Graph run() {
    for (ir::Node& node : graph_.nodes) {
      const Rule rule = rule_of(node.op, lists_);
      if (rule != Rule::AsX) cast_operands(node, type_for(node, rule));
      set_result(node);
      nodes_.push_back(std::move(node));
    }
    graph_.nodes.clear();
    for (ir::Output& output : graph_.outputs) {
      if (is_floating_point(graph_.value(output.value).dtype)) output.value = cast(output.value, DType::F32);
    }
    return with_nodes(std::move(graph_), std::move(nodes_));
  }

 private:
  [[nodiscard]] DType type_for(const ir::Node& node, Rule rule) const {
    if (rule == Rule::Lower) return dtype_;
    if (rule == Rule::F32) return DType::F32;
    std::optional<DType> common;
    for (const ir::ValueId id : node.inputs) {
      const DType type = graph_.value(id).dtype;
      if (!is_floating_point(type)) continue;
      if (common.value_or(type) != type) return DType::F32;
      common = type;
    }
    return common.value_or(DType::F32);
  }

  void cast_operands(ir::Node& node, DType type) {
    for (ir::ValueId& id : node.inputs)
      if (is_floating_point(graph_.value(id).dtype)) id = cast(id, type);
  }

  void set_result(const ir::Node& node) {
    ir::Value& result = graph_.values[node.output];
    if (!is_floating_point(result.dtype) || std::holds_alternative<ir::Cast>(node.op)) return;
    for (const ir::ValueId id : node.inputs) {
      if (!is_floating_point(graph_.value(id).dtype)) continue;
      result.dtype = graph_.value(id).dtype;
      return;
    }
  }

  // The value in this type; of a parameter the cast that is there already, as autocast's cache has it.
  ir::ValueId cast(ir::ValueId id, DType to) {
    if (graph_.value(id).dtype == to) return id;
    if (const auto known = casts_.find({id, to}); known != casts_.end()) return known->second;
    ir::Node node{unique_name(graph_, graph_.value(id).name + ".autocast"), ir::Cast{to}, {id}, 0};
    graph_.values.push_back({node.name, ir::ValueKind::Result, to, graph_.value(id).shape, {}});
    node.output = static_cast<ir::ValueId>(graph_.values.size() - 1);
    if (graph_.value(id).kind == ir::ValueKind::Parameter) casts_.emplace(std::pair{id, to}, node.output);
    nodes_.push_back(std::move(node));
    return nodes_.back().output;
  }

  ir::Graph graph_;
  DType dtype_;
  AutocastLists lists_;
  std::vector<ir::Node> nodes_;
  std::map<std::pair<ir::ValueId, DType>, ir::ValueId> casts_;  // of parameters
};

}  // namespace

ir::Graph autocast(ir::Graph graph, DType dtype, AutocastLists lists) {
  if (dtype != DType::BF16 && dtype != DType::F16)
    throw internal_error("autocast to {}: expected F16 or BF16", to_string(dtype));
  return Autocast(std::move(graph), dtype, lists).run();
}

}  // namespace medbench::passes
