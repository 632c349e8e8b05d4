// The integer arithmetic of QuantizedLinear, in one place: the interpreter, the passes and every lowering
// that packs integers itself use these formulas. All rounding is to nearest, ties to even.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/tensor.hpp"

namespace medbench::ir {

// The largest integers that QuantizedLinear::weight_max and activation_max may name: those of int8 and uint8.
inline constexpr std::int32_t kLargestWeight = 127;
inline constexpr std::int32_t kLargestActivation = 255;

// Of the values that a tensor takes, by calibration.
struct Range {
  double min = 0;
  double max = 0;
  // Finite, and contains 0.
  [[nodiscard]] bool is_valid() const;
};
using Ranges = std::map<std::string, Range, std::less<>>;  // by the value's name

// max|row| / weight_max, in fp32; 1 for a row of zeros. Not finite where an element is not.
float weight_scale(std::span<const float> row, std::int32_t weight_max);

// The integer nearest to weight / scale, in [-weight_max, weight_max]; 0 for a scale that is not finite.
std::int32_t quantize_weight_element(float weight, float scale, std::int32_t weight_max);

struct QuantizedWeight {
  std::int64_t out = 0;
  std::int64_t in = 0;
  std::vector<std::int8_t> integers;  // [out, in]
  // [out]: weight = integer * scale. Not finite, with integers that mean nothing, where the row is not.
  std::vector<float> scales;
};

// A matrix [out, in] of any floating-point type, rounded per row by the formulas above. weight_max is in [1,
// 127]. Throws Internal for another tensor.
QuantizedWeight quantize_weight(const TensorView& weight, std::int32_t weight_max);

// How real numbers stand for integers in [0, largest]: real = (integer - zero_point) * scale.
struct ActivationScale {
  float scale = 1;
  std::int32_t zero_point = 0;
  std::int32_t largest = kLargestActivation;
};

// From the range of the values, extended to contain 0, by the formulas of ONNX's DynamicQuantizeLinear:
// scale = (max - min) / activation_max and zero_point = round(-min / scale). An empty range has scale 1; a
// range that is not finite has a scale that is not.
ActivationScale activation_scale(double min, double max, std::int32_t activation_max);

// round(x / scale) + zero_point, in [0, largest]; the scale must be finite.
std::int32_t quantize_activation_element(float x, const ActivationScale& scale);

}  // namespace medbench::ir
