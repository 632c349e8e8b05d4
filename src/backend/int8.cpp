#include "backend/int8.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "machine/isa_limits.hpp"

namespace medbench {

namespace {

constexpr std::int32_t kFourBitWeight = 7;
constexpr std::int32_t kReducedWeight = 63;
// With it groups of real weights and of activations lose about the same.
constexpr std::int32_t kReducedGroupActivation = 180;
constexpr std::int64_t kDynamicGroup = 64;
constexpr std::int64_t kWeightOnlyGroup = 128;

ir::ActivationQuantization input_of(QuantizationMethod method) {
  switch (method) {
    case QuantizationMethod::Dynamic:
      return ir::ActivationQuantization::Dynamic;
    case QuantizationMethod::WeightOnly:
      return ir::ActivationQuantization::None;
    case QuantizationMethod::Static:
      return ir::ActivationQuantization::Static;
  }
  throw internal_error("unknown method of quantization");
}

// Must sums fit into 16 bits? Weights alone are multiplied in floating point.
bool is_reduced(const Quantization& quantization) {
  if (quantization.method == QuantizationMethod::WeightOnly) return false;
  return quantization.reduced_range == ReducedRange::On ||
         (quantization.reduced_range == ReducedRange::Auto && int8_instructions().saturates);
}

std::int64_t group_of(const Quantization& quantization, GroupSupport support, std::string_view switched_off) {
  const bool is_dynamic = quantization.method == QuantizationMethod::Dynamic;
  const bool has_groups = support >= (is_dynamic ? GroupSupport::Everything : GroupSupport::Weights);
  if (quantization.group_size > 0 && !has_groups && !switched_off.empty()) {
    throw unsupported_error(
        "int8 in groups of {} with method {} is work of medbench's own kernels, which {} switches off: take "
        "group_size 0",
        quantization.group_size, to_string(quantization.method), switched_off);
  }
  if (quantization.group_size > 0 && !has_groups) {
    throw unsupported_error(
        "int8 in groups of {} with method {} is not possible with this backend and device: take group_size 0",
        quantization.group_size, to_string(quantization.method));
  }
  if (quantization.group_size != kAutoGroup) return quantization.group_size;
  if (!has_groups) return 0;
  if (quantization.method == QuantizationMethod::WeightOnly) return kWeightOnlyGroup;
  // Without saturation the runtimes' own products of whole tensors are faster.
  return is_dynamic && is_reduced(quantization) ? kDynamicGroup : 0;
}

}  // namespace

Int8Instructions int8_instructions() {
#if defined(__aarch64__)
  return {"neon", false};
#elif defined(__x86_64__)
  // Under the kernel's names, from the best on. Those of the first three keep sums in 32 bits.
  constexpr std::size_t kWide = 3;
  constexpr std::array<std::string_view, 5> kSets{"amx_int8", "avx512_vnni", "avx_vnni", "avx512bw", "avx2"};
  const std::vector<std::string> isa = usable_isa();
  for (std::size_t i = 0; i < kSets.size(); ++i) {
    if (std::find(isa.begin(), isa.end(), kSets[i]) != isa.end()) return {kSets[i], i >= kWide};
  }
  return {"ssse3", true};
#else
  return {"unknown", true};
#endif
}

passes::QuantizationSettings quantization_settings(const Target& target, GroupSupport support,
                                                   std::string_view switched_off) {
  const Quantization quantization = target.quantization.value_or(Quantization{});
  passes::QuantizationSettings settings{.input = input_of(quantization.method)};
  settings.group = group_of(quantization, support, switched_off);
  const bool has_four_bits = quantization.bits == 4;
  if (has_four_bits) settings.weight_max = kFourBitWeight;
  // Sums of two or four products of 7 and 255 fit into 16 bits as they are.
  if (settings.group != 0 && quantization.method == QuantizationMethod::Dynamic) {
    settings.int16_sums = is_reduced(quantization) || has_four_bits;
    if (settings.int16_sums && !has_four_bits) settings.activation_max = kReducedGroupActivation;
  } else if (is_reduced(quantization) && !has_four_bits) {
    settings.weight_max = kReducedWeight;
  }
  return settings;
}

Json describe_quantization(const ir::Graph& quantized, const Target& target) {
  const Quantization quantization = target.quantization.value_or(Quantization{});
  std::int64_t linears = 0;
  std::int64_t integer_linears = 0;
  std::int64_t convolutions = 0;
  std::int64_t integer_convolutions = 0;
  ir::QuantizedLinear example;
  std::int32_t filter_max = 0;
  for (const ir::Node& node : quantized.nodes) {
    if (std::holds_alternative<ir::Linear>(node.op)) ++linears;
    if (std::holds_alternative<ir::Convolution>(node.op) ||
        std::holds_alternative<ir::TransposedConvolution>(node.op))
      ++convolutions;
    if (const auto* convolution = std::get_if<ir::QuantizedConvolution>(&node.op)) {
      ++integer_convolutions;
      filter_max = convolution->weight_max;
    }
    if (const auto* linear = std::get_if<ir::QuantizedLinear>(&node.op)) {
      ++integer_linears;
      example = *linear;
    }
  }
  Json json = {{"method", to_string(quantization.method)},
               {"bits", quantization.bits},
               {"memory_efficient", quantization.memory_efficient},
               {"linears_quantized", integer_linears},
               {"linears_total", linears + integer_linears}};
  if (convolutions + integer_convolutions > 0) {
    json["convolutions_quantized"] = integer_convolutions;
    json["convolutions_total"] = convolutions + integer_convolutions;
  }
  if (integer_linears > 0) {
    json["weight_max"] = example.weight_max;
    json["group_size"] = example.group;
    if (example.input != ir::ActivationQuantization::None) json["activation_max"] = example.activation_max;
    json["reduced_range"] =
        example.input != ir::ActivationQuantization::None && quantization.bits == 8 &&
        (example.weight_max < ir::kLargestWeight || example.activation_max < ir::kLargestActivation);
  }
  // A network without a linear layer.
  if (integer_linears == 0 && integer_convolutions > 0) {
    json["weight_max"] = filter_max;
    json["reduced_range"] = quantization.bits == 8 && filter_max < ir::kLargestWeight;
  }
  const Int8Instructions instructions = int8_instructions();
  json["instruction_set"] = instructions.name;
  json["saturating_instructions"] = instructions.saturates;
  return json;
}

}  // namespace medbench
