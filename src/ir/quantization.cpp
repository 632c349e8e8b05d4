#include "ir/quantization.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

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

std::int64_t group_count(std::int64_t in, std::int64_t group) {
  return group == 0 ? 1 : (in + group - 1) / group;
}

namespace {

// An empty matrix of integers of the weight's shape.
QuantizedWeight unrounded(const TensorView& weight, std::int64_t group) {
  if (weight.shape.size() != 2 || weight.shape[1] <= 0 || !is_floating_point(weight.dtype)) {
    throw internal_error("a weight of {} {} cannot be quantized: expected floating point [out, in]",
                         medbench::to_string(weight.dtype), shape_to_string(weight.shape));
  }
  return {.out = weight.shape[0],
          .in = weight.shape[1],
          .group = group,
          .integers = {},
          .scales = {},
          .equalisers = {}};
}

// `scale_of` gives the scale of a group.
template <class ScaleOf>
void round_groups(std::span<const float> floats, std::int32_t weight_max, const ScaleOf& scale_of,
                  QuantizedWeight& result) {
  result.integers.reserve(floats.size());
  const auto width = static_cast<std::size_t>(result.in);
  const std::size_t step = result.group == 0 ? width : static_cast<std::size_t>(result.group);
  for (std::size_t row = 0; row < floats.size(); row += width) {
    for (std::size_t begin = 0; begin < width; begin += step) {
      const auto run = floats.subspan(row + begin, std::min(step, width - begin));
      const float scale = scale_of(run);
      result.scales.push_back(scale);
      for (const float element : run)
        result.integers.push_back(
            static_cast<std::int8_t>(quantize_weight_element(element, scale, weight_max)));
    }
  }
}

// The largest sum of the weights of one sign that are added up together.
std::int32_t largest_sum(std::span<const float> group, float scale, std::int32_t weight_max) {
  constexpr std::size_t kEight = 8;
  std::int32_t largest = 0;
  for (std::size_t begin = 0; begin < group.size(); begin += kEight) {
    std::array<std::int32_t, 2> positive{};
    std::array<std::int32_t, 2> negative{};
    for (std::size_t i = begin; i < std::min(group.size(), begin + kEight); ++i) {
      const std::int32_t weight = quantize_weight_element(group[i], scale, weight_max);
      auto& sums = weight > 0 ? positive : negative;
      sums[i / 2 % 2] += std::abs(weight);
    }
    largest = std::max({largest, positive[0], positive[1], negative[0], negative[1]});
  }
  return largest;
}

}  // namespace

QuantizedWeight quantize_weight(const TensorView& weight, std::int32_t weight_max, std::int64_t group) {
  QuantizedWeight result = unrounded(weight, group);
  const auto scale_of = [&](std::span<const float> run) { return weight_scale(run, weight_max); };
  round_groups(to_float(weight), weight_max, scale_of, result);
  return result;
}

QuantizedWeight quantize_filters(const TensorView& weight, std::int32_t weight_max) {
  TensorView rows = weight;
  const std::int64_t out = weight.shape.empty() ? 0 : weight.shape.front();
  rows.shape = {out, out == 0 ? 0 : element_count(weight.shape) / out};
  return quantize_weight(rows, weight_max);
}

float int16_scale(std::span<const float> group, std::int32_t weight_max, std::int32_t activation_max) {
  constexpr double kLeastStep = 1.004;
  constexpr double kLargest = std::numeric_limits<std::int16_t>::max();
  float scale = weight_scale(group, weight_max);
  while (std::isfinite(scale)) {
    const double excess =
        largest_sum(group, scale, weight_max) * static_cast<double>(activation_max) / kLargest;
    if (excess <= 1) break;
    scale = static_cast<float>(double{scale} * std::max(excess, kLeastStep));
  }
  return scale;
}

QuantizedWeight quantize_weight_of(const QuantizedLinear& op, const TensorView& weight) {
  if (op.group == 0 || op.input != ActivationQuantization::Dynamic)
    return quantize_weight(weight, op.weight_max, op.group);
  QuantizedWeight result = unrounded(weight, op.group);
  std::vector<float> floats = to_float(weight);
  result.equalisers = equalisers_of(floats, result.in);
  for (std::size_t i = 0; i < floats.size(); ++i)
    floats[i] /= result.equalisers[i % result.equalisers.size()];
  const auto scale_of = [&](std::span<const float> run) {
    return op.int16_sums ? int16_scale(run, op.weight_max, op.activation_max)
                         : weight_scale(run, op.weight_max);
  };
  round_groups(floats, op.weight_max, scale_of, result);
  return result;
}

std::vector<float> equalisers_of(std::span<const float> weight, std::int64_t in) {
  std::vector<double> squares(static_cast<std::size_t>(in));
  for (std::size_t i = 0; i < weight.size(); ++i)
    squares[i % squares.size()] += double{weight[i]} * double{weight[i]};
  const double rows = static_cast<double>(weight.size()) / static_cast<double>(in);
  std::vector<float> result;
  for (const double square : squares) {
    const auto root = static_cast<float>(std::sqrt(std::sqrt(square / rows)));
    result.push_back(root > 0 && std::isfinite(root) ? root : 1);
  }
  return result;
}

std::vector<float> dequantized(const QuantizedWeight& weight) {
  const auto width = static_cast<std::size_t>(weight.in);
  const auto groups = static_cast<std::size_t>(weight.groups());
  const std::size_t step = weight.group == 0 ? width : static_cast<std::size_t>(weight.group);
  std::vector<float> numbers(weight.integers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] =
        static_cast<float>(weight.integers[i]) * weight.scales[i / width * groups + i % width / step];
  return numbers;
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
