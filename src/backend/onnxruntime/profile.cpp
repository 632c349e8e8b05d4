#include "backend/onnxruntime/profile.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"

namespace medbench::ort {

namespace {

struct TypeName {
  std::string_view type;
  std::string_view precision;
};
constexpr std::array kFloatingTypes{
    TypeName{"float", "fp32"},
    TypeName{"double", "fp64"},
    TypeName{"float16", "fp16"},
    TypeName{"bfloat16", "bf16"},
};

// Matrix products on the types of their inputs.
constexpr std::array<std::string_view, 12> kProducts{
    "MatMul",    "FusedMatMul",  "TransposeMatMul",    "Gemm",
    "FusedGemm", "GemmFastGelu", "MatMulNBits",        "Conv",
    "FusedConv", "Attention",    "MultiHeadAttention", "PackedMultiHeadAttention",
};
// Matrix products of integers, whatever type the input has.
constexpr std::array<std::string_view, 8> kIntegerProducts{
    "MatMulInteger", "MatMulIntegerToFloat", "DynamicQuantizeMatMul", "QLinearMatMul",
    "QGemm",         "QAttention",           "QLinearConv",           "ConvInteger",
};
// Conversions and movements of data, which compute nothing.
constexpr std::array<std::string_view, 14> kMovements{
    "Cast",   "Reshape",   "Transpose", "Slice", "Concat", "Gather",         "Identity",
    "Expand", "Unsqueeze", "Squeeze",   "Split", "Shape",  "MemcpyFromHost", "MemcpyToHost",
};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::string_view> floating_precision(const RanNode& node) {
  for (const std::string& type : node.input_types) {
    for (const TypeName& row : kFloatingTypes) {
      if (row.type == type) return row.precision;
    }
  }
  return std::nullopt;
}

RanNode to_node(const Json& event) {
  constexpr std::string_view kSuffix = "_kernel_time";
  const Json& arguments = event.at("args");
  RanNode node{.name = event.at("name").get<std::string>(),
               .op = arguments.at("op_name").get<std::string>(),
               .provider = arguments.value("provider", std::string{}),
               .input_types = {}};
  if (node.name.ends_with(kSuffix)) node.name.resize(node.name.size() - kSuffix.size());
  // One object an input, with the type as its only key and the shape as value.
  if (const auto inputs = arguments.find("input_type_shape"); inputs != arguments.end()) {
    for (const Json& input : *inputs) {
      if (input.is_object() && !input.empty()) node.input_types.push_back(input.begin().key());
    }
  }
  return node;
}

bool is_kernel(const Json& event) {
  return event.is_object() && event.value("cat", std::string{}) == "Node" &&
         event.value("name", std::string{}).ends_with("_kernel_time") && event.contains("args") &&
         event.at("args").contains("op_name");
}

std::string join(const std::set<std::string_view>& parts) {
  std::string text;
  for (const std::string_view part : parts) {
    if (!text.empty()) text += '+';
    text += part;
  }
  return text;
}

}  // namespace

std::vector<RanNode> parse_profile(std::string_view text) {
  try {
    const Json events = parse_json(text, "ONNX Runtime's profile");
    std::vector<RanNode> nodes;
    for (const Json& event : events) {
      if (is_kernel(event)) nodes.push_back(to_node(event));
    }
    return nodes;
  } catch (const Json::exception& error) {
    throw runtime_failure("ONNX Runtime's profile is not as expected: {}", printable(error.what()));
  } catch (const Error& error) {
    throw runtime_failure("{}", error.what());
  }
}

std::map<std::string, std::map<std::string, int>> placement_of(const std::vector<RanNode>& nodes) {
  std::map<std::string, std::map<std::string, int>> placement;
  for (const RanNode& node : nodes) ++placement[node.provider][node.op];
  return placement;
}

bool is_product(const RanNode& node) {
  return holds(kProducts, node.op) || holds(kIntegerProducts, node.op);
}

std::string precision_of(const std::vector<RanNode>& nodes) {
  std::set<std::string_view> products;
  std::set<std::string_view> others;
  for (const RanNode& node : nodes) {
    if (holds(kMovements, node.op)) continue;
    if (holds(kIntegerProducts, node.op)) {
      products.insert("int8");
    } else if (const auto precision = floating_precision(node)) {
      (holds(kProducts, node.op) ? products : others).insert(*precision);
    }
  }
  return join(products.empty() ? others : products);
}

}  // namespace medbench::ort
