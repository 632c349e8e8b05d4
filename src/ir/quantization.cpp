#include "ir/quantization.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace medbench::ir {

bool Range::is_valid() const {
  // Written so that NaN fails.
  return min <= 0 && max >= 0 && std::isfinite(max - min);
}

float weight_scale(std::span<const float> row, std::int32_t weight_max) {
  float largest = 0;
  for (const float weight : row) {
    // Written so that NaN is kept.
    if (!(std::fabs(weight) <= largest)) largest = std::fabs(weight);
    if (!std::isfinite(largest)) return largest;
  }
  const float scale = largest / static_cast<float>(weight_max);
  return scale == 0 ? 1 : scale;  // a row of zeros, or of numbers too small for a scale
}

std::int32_t quantize_weight_element(float weight, float scale, std::int32_t weight_max) {
  if (!std::isfinite(scale)) return 0;
  const auto limit = static_cast<float>(weight_max);
  return static_cast<std::int32_t>(std::clamp(std::nearbyint(weight / scale), -limit, limit));
}

QuantizedWeight quantize_weight(const TensorView& weight, std::int32_t weight_max) {
  if (weight.shape.size() != 2 || weight.shape[1] <= 0 || !is_floating_point(weight.dtype)) {
    throw internal_error("a weight of {} {} cannot be quantized: expected floating point [out, in]",
                         medbench::to_string(weight.dtype), shape_to_string(weight.shape));
  }
  QuantizedWeight result{.out = weight.shape[0], .in = weight.shape[1], .integers = {}, .scales = {}};
  const std::vector<float> floats = to_float(weight);
  result.integers.reserve(floats.size());
  const auto width = static_cast<std::size_t>(result.in);
  for (std::size_t begin = 0; begin < floats.size(); begin += width) {
    const std::span<const float> row = std::span(floats).subspan(begin, width);
    const float scale = weight_scale(row, weight_max);
    result.scales.push_back(scale);
    for (const float element : row)
      result.integers.push_back(
          static_cast<std::int8_t>(quantize_weight_element(element, scale, weight_max)));
  }
  return result;
}

ActivationScale activation_scale(double min, double max, std::int32_t activation_max) {
  // std::min and std::max would drop a NaN on one side.
  const double low = min <= 0 || std::isnan(min) ? min : 0;
  const double high = max >= 0 || std::isnan(max) ? max : 0;
  ActivationScale result{static_cast<float>((high - low) / activation_max), 0, activation_max};
  if (result.scale == 0) result.scale = 1;
  if (!std::isfinite(result.scale)) return result;
  const double zero_point = std::nearbyint(-low / double{result.scale});
  result.zero_point =
      static_cast<std::int32_t>(std::clamp(zero_point, 0.0, static_cast<double>(activation_max)));
  return result;
}

std::int32_t quantize_activation_element(float x, const ActivationScale& scale) {
  // Clamped before the conversion to an integer, which a calibrated range may be far too small for.
  const double steps = std::nearbyint(double{x} / double{scale.scale}) + scale.zero_point;
  return static_cast<std::int32_t>(std::clamp(steps, 0.0, static_cast<double>(scale.largest)));
}

}  // namespace medbench::ir
