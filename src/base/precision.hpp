// What a model can be asked to compute in: one table, from which options, backends and passes read it. How a
// runtime spells a type stays in that runtime's folder.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/tensor.hpp"

namespace medbench {

inline constexpr std::string_view kFp32 = "fp32";
inline constexpr std::string_view kFp16 = "fp16";
inline constexpr std::string_view kBf16 = "bf16";
// Linear layers in integers, rounded as Quantization says.
inline constexpr std::string_view kInt8 = "int8";
// What a model in int8 is found to compute in where its weights alone are integers.
inline constexpr std::string_view kInt8Weights = "int8-weights";

struct PrecisionInfo {
  std::string_view name;
  std::optional<DType> dtype;  // of all that is computed; nothing where some of it is integers
};

// From the widest on: a mixture is spelled in this order.
inline constexpr std::array kPrecisions{PrecisionInfo{kFp32, DType::F32}, PrecisionInfo{kFp16, DType::F16},
                                        PrecisionInfo{kBf16, DType::BF16}, PrecisionInfo{kInt8, {}}};

inline constexpr auto kPrecisionNames = [] {
  std::array<std::string_view, kPrecisions.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kPrecisions[i].name;
  return names;
}();

// Null for another name.
constexpr const PrecisionInfo* find_precision(std::string_view name) {
  for (const PrecisionInfo& row : kPrecisions) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace medbench
