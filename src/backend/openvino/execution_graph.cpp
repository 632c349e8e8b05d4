#include "backend/openvino/execution_graph.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/ranges.h>
#include <set>
#include <string_view>
#include <vector>

#include "backend/openvino/errors.hpp"
#include "base/precision.hpp"

namespace medbench::openvino_backend {

namespace {

// Spelled without underscores and in lower case, since devices differ in both.
constexpr std::array<std::string_view, 6> kProducts{
    "fullyconnected", "matmul", "gemm", "scaleddotproductattention", "convolution", "deconvolution"};
constexpr std::array<std::string_view, 3> kLayers{"fullyconnected", "convolution", "deconvolution"};
constexpr std::string_view kAttention = "softmax";  // a Subgraph with one inside is a whole attention
constexpr std::array<std::string_view, 13> kNoArithmetic{
    "input",     "output", "const",   "reshape",      "transpose",     "reorder", "convert",
    "parameter", "data",   "shapeof", "stridedslice", "concatenation", "pad"};

struct TypeName {
  std::string_view openvino;
  std::string_view ours;
};
constexpr std::array kTypeNames{TypeName{"f32", kFp32}, TypeName{"f16", kFp16}, TypeName{"i8", kInt8},
                                TypeName{"u8", kInt8}};

std::string text_of(const ov::Node& node, const char* key) {
  const auto& info = node.get_rt_info();
  const auto it = info.find(key);
  return it == info.end() ? "" : it->second.as<std::string>();
}

// "brgemm_avx2_f32" -> "f32": the type that a kernel computes in.
std::string type_of_kernel(const std::string& kernel) {
  std::string type = kernel.substr(kernel.rfind('_') + 1);
  for (char& c : type) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return type;
}

bool has_integer_weight(const ov::Node& node) {
  if (node.get_input_size() < 2) return false;
  const std::string type = text_of(*node.get_input_node_ptr(1), "outputPrecisions");
  return type.starts_with("i") || type.starts_with("u");
}

// What a matrix product computes in. OpenVINO names the narrowest of its inputs, which for a weight that is
// widened to floating point first is not what it computes in: there the kernel decides.
std::string type_of_product(const ov::Node& node) {
  std::string type = precision_name(text_of(node, "runtimePrecision"));
  if (!has_integer_weight(node)) return type;
  type = precision_name(type_of_kernel(text_of(node, "primitiveType")));
  return type == kInt8 ? type : std::string(kInt8Weights);
}

std::string simplified(std::string_view layer) {
  std::string text;
  for (const char c : layer) {
    if (c != '_') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

template <std::size_t n>
bool is_in(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The types of the model's operations behind a layer, sorted: names that a transformation invented are left
// out, and a list may hold a name twice.
std::vector<std::string> operations_in(std::string_view names, const OperationTypes& operations) {
  std::set<std::string> seen;
  std::vector<std::string> types;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(','), names.size());
    const std::string name(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
    const auto it = operations.find(name);
    if (it != operations.end() && seen.insert(name).second) types.push_back(it->second);
  }
  std::sort(types.begin(), types.end());
  return types;
}

}  // namespace

OperationTypes operation_types(const ov::Model& model) {
  OperationTypes types;
  for (const auto& operation : model.get_ops()) {
    if (std::string_view(operation->get_type_name()) != "Constant") {
      types.emplace(operation->get_friendly_name(), operation->get_type_name());
    }
  }
  return types;
}

std::string precision_name(const std::string& type) {
  for (const auto& [openvino, ours] : kTypeNames) {
    if (type == openvino) return std::string(ours);
  }
  return type;
}

ExecutionGraph read_execution_graph(const ov::CompiledModel& compiled, const OperationTypes& operations) {
  ExecutionGraph graph;
  std::shared_ptr<const ov::Model> model;
  try {
    model = compiled.get_runtime_model();
  } catch (const std::exception&) {
    return graph;  // not every device has one
  }
  graph.known = true;
  std::map<std::string, int> linears;
  std::map<std::string, int> products;
  std::map<std::string, int> others;
  for (const auto& node : model->get_ops()) {
    const std::string layer = text_of(*node, "layerType");
    const std::string plain = simplified(layer);
    if (layer.empty() || plain == "const") continue;
    const auto parts = operations_in(text_of(*node, "originalLayersNames"), operations);
    const bool is_attention = std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
      return simplified(part) == kAttention || simplified(part) == "scaleddotproductattention";
    });
    ++graph.layers[layer];
    if (const std::string kernel = text_of(*node, "primitiveType"); !kernel.empty()) {
      ++graph.kernels[fmt::format("{} {}", layer, kernel)];
    }
    if (parts.size() > 1) ++graph.fused[fmt::format("{}: {}", layer, fmt::join(parts, " + "))];
    if (is_in(kProducts, plain) || (plain == "subgraph" && is_attention)) {
      ++(is_in(kLayers, plain) ? linears : products)[type_of_product(*node)];
    } else if (!is_in(kNoArithmetic, plain)) {
      ++others[precision_name(text_of(*node, "runtimePrecision"))];
    }
  }
  // Where layers are quantized, they alone are counted: attention stays in floating point.
  const bool is_quantized = std::any_of(linears.begin(), linears.end(),
                                        [](const auto& entry) { return entry.first.starts_with(kInt8); });
  if (!is_quantized) {
    for (const auto& [type, count] : products) linears[type] += count;
  }
  graph.types = linears.empty() ? others : linears;
  return graph;
}

}  // namespace medbench::openvino_backend
