#include "ir/fp8.hpp"

#include <algorithm>
#include <cmath>

namespace medbench::ir {

namespace {

constexpr int kBias = 7;
constexpr int kMantissa = 3;  // bits
constexpr int kSteps = 1 << kMantissa;
constexpr int kSmallest = 1 - kBias;  // exponent of the smallest number that is not subnormal
constexpr std::uint8_t kSign = 0x80;
constexpr std::uint8_t kNan = 0x7F;
constexpr std::uint8_t kLargest = 0x7E;

}  // namespace

std::uint8_t float_to_fp8(float value) {
  const auto sign = std::signbit(value) ? kSign : std::uint8_t{0};
  if (std::isnan(value)) return sign | kNan;
  const double size = std::fabs(double{value});
  if (size >= kLargestFp8) return sign | kLargest;
  // A mantissa that is rounded up to the next power of two carries into the exponent, as it should.
  const int exponent = size < std::ldexp(1, kSmallest) ? kSmallest : std::ilogb(size);
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(size, kMantissa - exponent)));
  const int code = exponent == kSmallest ? steps : (exponent + kBias) * kSteps + steps - kSteps;
  return static_cast<std::uint8_t>(sign | code);
}

float fp8_to_float(std::uint8_t bits) {
  const int code = bits & ~kSign & 0xFF;
  const float sign = (bits & kSign) != 0 ? -1.0F : 1.0F;
  if (code == kNan) return std::nanf("");
  const int exponent = std::max(1, code / kSteps) - kBias;
  const int steps = code % kSteps + (code / kSteps > 0 ? kSteps : 0);
  return sign * static_cast<float>(std::ldexp(steps, exponent - kMantissa));
}

float fp8_scale(std::span<const float> row) {
  float largest = 0;
  for (const float element : row) {
    if (!std::isfinite(element)) return element - element;  // NaN
    largest = std::max(largest, std::fabs(element));
  }
  return largest > 0 ? static_cast<float>(double{largest} / kLargestFp8) : 1;
}

float fp8_scale(double min, double max) {
  const double largest = std::max(-min, max);
  return largest > 0 ? static_cast<float>(largest / kLargestFp8) : 1;
}

float rounded_to_fp8(float value, float scale) {
  return fp8_to_float(float_to_fp8(value / scale)) * scale;
}

}  // namespace medbench::ir
