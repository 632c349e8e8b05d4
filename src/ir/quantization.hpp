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
#include "ir/graph.hpp"

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

// QuantizedLinear::group is a multiple of it.
inline constexpr std::int64_t kGroupUnit = 32;
// How many groups of `group` features, the last one shorter, `in` features make: 1 where group is 0.
std::int64_t group_count(std::int64_t in, std::int64_t group);

struct QuantizedWeight {
  std::int64_t out = 0;
  std::int64_t in = 0;
  std::int64_t group = 0;             // features with a scale of their own; 0: a row has one
  std::vector<std::int8_t> integers;  // [out, in]
  // [out, groups]: weight = integer * scale. Not finite, with integers that mean nothing, where the group is
  // not.
  std::vector<float> scales;
  // [in], where features were equalised: what x is multiplied by before it is rounded. Empty: nothing.
  std::vector<float> equalisers;

  [[nodiscard]] std::int64_t groups() const { return group_count(in, group); }
};

// A matrix [out, in] of any floating-point type, rounded per row, or per group of a row where group is not 0,
// by the formulas above. weight_max is in [1, 127]. Throws Internal for another tensor.
QuantizedWeight quantize_weight(const TensorView& weight, std::int32_t weight_max, std::int64_t group = 0);

// A convolution's weight [out, in/groups, kernel...] of any floating-point type, each filter a row of the
// result: [out, the elements of a filter].
QuantizedWeight quantize_filters(const TensorView& weight, std::int32_t weight_max);

// The numbers that the integers stand for, [out, in]; of equalised weights, what x is multiplied by after
// equalisation.
std::vector<float> dequantized(const QuantizedWeight& weight);

// Equalisation: x W^T = (x e) (W / e)^T with e[i] the fourth root of the mean square of column i of W, so
// that columns are less unlike each other and outliers of x, which mostly meet small weights, shrink. 1 for a
// column of zeros, or one that is not finite. The weight is [out, in].
std::vector<float> equalisers_of(std::span<const float> weight, std::int64_t in);
// The smallest of a series of scales, from weight_scale(group, weight_max) on, with which no sum of four
// products leaves 16 bits, whatever the integers of x in [0, activation_max]: of features 0, 1, 4, 5 and of
// 2, 3, 6, 7 of each eight in a row, as vpmaddubsw and vpaddw add them. For normally distributed weights and
// 180 the scale grows by a quarter on average, since signs differ; a bound for all weights, 4 * weight_max *
// activation_max < 2^15, would make it 2.8 times as large.
float int16_scale(std::span<const float> group, std::int32_t weight_max, std::int32_t activation_max);

// The weight of this operation: in its groups, and, where x is rounded in groups too, equalised and with
// scales as int16_sums asks for. Throws Internal for a tensor that is no matrix of floating point.
QuantizedWeight quantize_weight_of(const QuantizedLinear& op, const TensorView& weight);

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
