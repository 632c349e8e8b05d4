#include "backend/tensorrt/layers.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <span>
#include <string_view>

#include "base/error.hpp"

namespace medbench::trt {

namespace {

// As the inspector spells types, in "Format/Datatype": "Row major linear FP16 format", "Half" ...; the longer
// of two that begin alike comes first.
struct Spelling {
  std::string_view text;
  std::string_view precision;
};
constexpr std::array kSpellings{
    Spelling{"bfloat16", "bf16"}, Spelling{"bf16", "bf16"},  Spelling{"fp16", "fp16"},
    Spelling{"half", "fp16"},     Spelling{"fp32", "fp32"},  Spelling{"float32", "fp32"},
    Spelling{"fp8", "fp8"},       Spelling{"float8", "fp8"}, Spelling{"int8", "int8"},
    Spelling{"float", "fp32"},
};
// From the widest on.
constexpr std::array<std::string_view, 5> kOrder{"fp32", "fp16", "bf16", "fp8", "int8"};
constexpr std::array<std::string_view, 5> kProducts{"gemm", "matmul", "matrix_multiply", "conv", "fully"};
constexpr std::array<std::string_view, 3> kAttention{"mha", "attention", "fmha"};
constexpr std::array<std::string_view, 6> kMovements{"reformat", "shuffle", "noop", "signal", "wait", "cast"};

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool holds_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::string text_of(const Json& layer, const char* key) {
  const auto found = layer.find(key);
  return found != layer.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string_view precision_of(const Json& tensor) {
  const std::string format = lower_case(text_of(tensor, "Format/Datatype") + text_of(tensor, "Datatype"));
  for (const Spelling& row : kSpellings) {
    if (format.find(row.text) != std::string::npos) return row.precision;
  }
  return {};
}

// Of the narrowest input: weights and activations of a product have one type, biases may be wider.
std::string_view precision_of_layer(const Json& layer) {
  std::string_view narrowest;
  const auto inputs = layer.find("Inputs");
  if (inputs == layer.end() || !inputs->is_array()) return narrowest;
  for (const Json& input : *inputs) {
    const std::string_view own = input.is_object() ? precision_of(input) : std::string_view{};
    if (own.empty()) continue;
    if (narrowest.empty() || std::ranges::find(kOrder, own) > std::ranges::find(kOrder, narrowest))
      narrowest = own;
  }
  return narrowest;
}

std::string mixture(const std::set<std::string_view>& precisions) {
  std::string text;
  for (const std::string_view name : kOrder) {
    if (precisions.contains(name)) text += (text.empty() ? "" : "+") + std::string(name);
  }
  return text;
}

}  // namespace

LayerSummary summarize_layers(const Json& layers) {
  LayerSummary summary;
  std::set<std::string_view> of_products;
  std::set<std::string_view> of_all;
  const auto list = layers.is_object() ? layers.find("Layers") : layers.end();
  if (!layers.is_object() || list == layers.end() || !list->is_array()) return summary;
  for (const Json& layer : *list) {
    if (!layer.is_object()) {
      ++summary.kinds["unknown"];  // an engine without details has names alone
      continue;
    }
    const std::string type = text_of(layer, "LayerType");
    ++summary.kinds[type.empty() ? "unknown" : printable(type, 80)];
    const std::string words =
        lower_case(type + " " + text_of(layer, "Name") + " " + text_of(layer, "TacticName"));
    const bool is_attention = holds_one_of(words, kAttention);
    if (is_attention) ++summary.attention;
    const std::string_view precision = precision_of_layer(layer);
    if (precision.empty() || holds_one_of(lower_case(type), kMovements)) continue;
    of_all.insert(precision);
    if (!is_attention && holds_one_of(words, kProducts)) of_products.insert(precision);
  }
  summary.precision = mixture(of_products.empty() ? of_all : of_products);
  return summary;
}

}  // namespace medbench::trt
