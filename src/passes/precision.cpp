#include "passes/precision.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/precision.hpp"
#include "passes/passes.hpp"
#include "passes/rewrite.hpp"

namespace medbench::passes {
namespace {

// Appends a cast of `value` and returns the cast's result.
ir::ValueId append_cast(ir::Graph& graph, std::vector<ir::Node>& nodes, ir::ValueId value, DType to) {
  ir::Node node{unique_name(graph, graph.value(value).name + ".cast"), ir::Cast{to}, {value}, 0};
  graph.values.push_back({node.name, ir::ValueKind::Result, to, graph.value(value).shape, {}});
  node.output = static_cast<ir::ValueId>(graph.values.size() - 1);
  nodes.push_back(std::move(node));
  return nodes.back().output;
}

bool is_quantized(const ir::Node& node) {
  return std::holds_alternative<ir::QuantizedLinear>(node.op) ||
         std::holds_alternative<ir::QuantizedConvolution>(node.op);
}

std::set<ir::ValueId> results_in_fp8(const ir::Graph& graph) {
  std::set<ir::ValueId> results;
  for (const ir::Node& node : graph.nodes) {
    if (std::holds_alternative<ir::RoundToFp8>(node.op)) results.insert(node.output);
  }
  return results;
}

bool has_products(const ir::Node& node) {
  return std::holds_alternative<ir::Linear>(node.op) || std::holds_alternative<ir::Convolution>(node.op) ||
         std::holds_alternative<ir::TransposedConvolution>(node.op);
}

bool computes(const ir::Op& op) {
  return std::visit(ir::Overloaded{
                        [](const ir::Embedding&) { return true; },
                        [](const ir::Linear&) { return true; },
                        [](const ir::QuantizedLinear&) { return true; },
                        [](const ir::FakeQuantize&) { return false; },
                        [](const ir::LayerNorm&) { return true; },
                        [](const ir::Activate&) { return true; },
                        [](const ir::Softmax&) { return true; },
                        [](const ir::Attention&) { return true; },
                        [](const ir::PackedAttention&) { return true; },
                        [](const ir::Add&) { return true; },
                        [](const ir::Reshape&) { return false; },
                        [](const ir::Transpose&) { return false; },
                        [](const ir::Slice&) { return false; },
                        [](const ir::Cast&) { return false; },
                        [](const ir::RoundToFp8&) { return false; },
                        [](const ir::Convolution&) { return true; },
                        [](const ir::QuantizedConvolution&) { return true; },
                        [](const ir::TransposedConvolution&) { return true; },
                        [](const ir::Pool&) { return true; },
                        [](const ir::AdaptiveAveragePool&) { return true; },
                        [](const ir::BatchNorm&) { return true; },
                        [](const ir::InstanceNorm&) { return true; },
                        [](const ir::Concatenate&) { return false; },
                        [](const ir::Upsample&) { return true; },
                        [](const ir::Pad&) { return false; },
                    },
                    op);
}

}  // namespace

std::optional<DType> dtype_of_precision(std::string_view precision) {
  const PrecisionInfo* row = find_precision(precision);
  return row == nullptr ? std::nullopt : row->dtype;
}

std::string_view precision_of_dtype(DType dtype) {
  for (const PrecisionInfo& row : kPrecisions) {
    if (row.dtype == dtype) return row.name;
  }
  throw internal_error("{} is the type of no precision", to_string(dtype));
}

ir::Graph lower_precision(ir::Graph graph, DType dtype) {
  if (dtype == DType::F32) return graph;
  if (dtype != DType::BF16 && dtype != DType::F16) {
    throw internal_error("cannot lower a graph to {}: expected F16 or BF16", to_string(dtype));
  }
  std::vector<ir::Node> nodes;
  std::vector<ir::ValueId> lowered(graph.values.size());  // what stands for a value of the old graph
  const std::size_t old_values = graph.values.size();
  for (std::size_t i = 0; i < old_values; ++i) {
    const auto id = static_cast<ir::ValueId>(i);
    lowered[i] = id;
    if (!is_floating_point(graph.values[i].dtype)) continue;
    if (graph.values[i].kind == ir::ValueKind::Input) {
      lowered[i] = append_cast(graph, nodes, id, dtype);
    } else {
      graph.values[i].dtype = dtype;
    }
  }
  for (ir::Node& node : graph.nodes) {
    for (ir::ValueId& id : node.inputs) id = lowered[id];
    if (auto* cast = std::get_if<ir::Cast>(&node.op); cast != nullptr && is_floating_point(cast->to))
      cast->to = dtype;
    nodes.push_back(std::move(node));
  }
  graph.nodes.clear();
  for (ir::Output& output : graph.outputs) {
    const DType type = graph.value(output.value).dtype;
    if (is_floating_point(type) && type != DType::F32) {
      output.value = append_cast(graph, nodes, output.value, DType::F32);
    }
  }
  return with_nodes(std::move(graph), std::move(nodes));
}

std::string precision_of(const ir::Graph& graph) {
  const std::set<ir::ValueId> in_fp8 = results_in_fp8(graph);
  const bool quantized = !in_fp8.empty() || std::any_of(graph.nodes.begin(), graph.nodes.end(), is_quantized);
  std::string text;
  for (const PrecisionInfo& precision : kPrecisions) {
    bool used = false;
    for (const ir::Node& node : graph.nodes) {
      const bool counts =
          quantized ? has_products(node) && !in_fp8.contains(node.inputs[0]) : computes(node.op);
      used = used || (counts && graph.value(node.output).dtype == precision.dtype);
    }
    if (!used) continue;
    if (!text.empty()) text += '+';
    text += precision.name;
  }
  if (!in_fp8.empty()) text += (text.empty() ? "" : "+") + std::string(kFp8);
  for (const bool weights_only : {true, false}) {
    const bool used = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const ir::Node& node) {
      if (std::holds_alternative<ir::QuantizedConvolution>(node.op)) return !weights_only;
      const auto* linear = std::get_if<ir::QuantizedLinear>(&node.op);
      return linear != nullptr && (linear->input == ir::ActivationQuantization::None) == weights_only;
    });
    if (!used) continue;
    if (!text.empty()) text += '+';
    text += weights_only ? kInt8Weights : kInt8;
  }
  return text;
}

}  // namespace medbench::passes
