#include "backend/onnxruntime/profile.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/precision.hpp"

namespace medbench::ort {

namespace {

struct PrecisionType {
  std::string_view name;
  std::string_view type;  // in a profile; empty: not told by a type
};
// From the widest on: a mixture is spelled in this order.
constexpr std::array kTypes{
    PrecisionType{"fp64", "double"},  PrecisionType{kFp32, "float"},   PrecisionType{kFp16, "float16"},
    PrecisionType{kBf16, "bfloat16"}, PrecisionType{kInt8Weights, {}}, PrecisionType{kInt8, {}},
};

// Matrix products; linear layers and convolutions are Linear. The weight is an integer where the operation
// says so, whatever type the input has.
enum class Product { Linear, Other, IntegerWeights, Integers };
struct ProductRow {
  std::string_view op;
  Product kind;
};
constexpr std::array kProducts{
    ProductRow{"Gemm", Product::Linear},
    ProductRow{"FusedGemm", Product::Linear},
    ProductRow{"GemmFastGelu", Product::Linear},
    ProductRow{"MatMul", Product::Other},
    ProductRow{"FusedMatMul", Product::Other},
    ProductRow{"TransposeMatMul", Product::Other},
    ProductRow{"Attention", Product::Other},
    ProductRow{"MultiHeadAttention", Product::Other},
    ProductRow{"PackedMultiHeadAttention", Product::Other},
    ProductRow{"Conv", Product::Linear},
    ProductRow{"FusedConv", Product::Linear},
    ProductRow{"ConvTranspose", Product::Linear},
    ProductRow{"MatMulNBits", Product::IntegerWeights},
    ProductRow{"MatMulInteger", Product::Integers},
    ProductRow{"MatMulIntegerToFloat", Product::Integers},
    ProductRow{"DynamicQuantizeMatMul", Product::Integers},
    ProductRow{"GroupedInt8Linear", Product::Integers},
    ProductRow{"QLinearMatMul", Product::Integers},
    ProductRow{"QGemm", Product::Integers},
    ProductRow{"QAttention", Product::Integers},
    ProductRow{"QLinearConv", Product::Integers},
    ProductRow{"ConvInteger", Product::Integers},
};

// Conversions and movements of data, which compute nothing.
constexpr std::array<std::string_view, 17> kMovements{
    "Cast",           "Reshape",      "Transpose", "Slice",        "Concat",        "Gather",
    "Identity",       "Expand",       "Unsqueeze", "Squeeze",      "Split",         "Shape",
    "MemcpyFromHost", "MemcpyToHost", "Pad",       "ReorderInput", "ReorderOutput",
};

std::optional<Product> product_of(const RanNode& node) {
  for (const ProductRow& row : kProducts) {
    if (row.op == node.op) return row.kind;
  }
  return std::nullopt;
}

// Of the first input that is a floating-point number.
std::optional<std::string_view> floating_precision(const RanNode& node) {
  for (const std::string& type : node.input_types) {
    for (const PrecisionType& row : kTypes) {
      if (row.type == type) return row.name;
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
  for (const PrecisionType& row : kTypes) {
    if (!parts.contains(row.name)) continue;
    if (!text.empty()) text += '+';
    text += row.name;
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

namespace {

bool is_of_sizes(const RanNode& node) {
  constexpr std::array<std::string_view, 6> kOnSizes{"Add", "Concat", "Mul", "Shape", "Sub", "Squeeze"};
  return std::ranges::find(kOnSizes, node.op) != kOnSizes.end() &&
         std::ranges::all_of(node.input_types, [](const std::string& type) { return type == "int64"; });
}

}  // namespace

std::string left_on_cpu(const std::vector<RanNode>& nodes, std::string_view chosen) {
  constexpr const char* kCpu = "CPUExecutionProvider";
  std::vector<RanNode> counted;
  std::ranges::copy_if(nodes, std::back_inserter(counted),
                       [](const RanNode& node) { return !is_of_sizes(node); });
  const auto placement = placement_of(counted);
  const auto found = placement.find(kCpu);
  if (chosen == kCpu || found == placement.end()) return {};
  std::string text;
  for (const auto& [op, count] : found->second) {
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", count, printable(op));
  }
  return text;
}

bool is_product(const RanNode& node) {
  return product_of(node).has_value();
}

std::string precision_of(const std::vector<RanNode>& nodes) {
  std::set<std::string_view> integers;
  std::set<std::string_view> linears;
  std::set<std::string_view> products;  // with the linears
  std::set<std::string_view> others;
  for (const RanNode& node : nodes) {
    const std::optional<Product> product = product_of(node);
    const auto precision = floating_precision(node);
    if (product == Product::Integers) {
      integers.insert(kInt8);
    } else if (product == Product::IntegerWeights) {
      integers.insert(kInt8Weights);
    } else if (precision && product) {
      products.insert(*precision);
      if (product == Product::Linear) linears.insert(*precision);
    } else if (precision && std::find(kMovements.begin(), kMovements.end(), node.op) == kMovements.end()) {
      others.insert(*precision);
    }
  }
  if (!integers.empty()) {
    integers.merge(linears);
    return join(integers);
  }
  return join(products.empty() ? others : products);
}

}  // namespace medbench::ort
