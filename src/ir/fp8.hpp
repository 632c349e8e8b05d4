// Numbers of 8 bits in floating point, E4M3: four bits of exponent and three of mantissa, no infinities, the
// largest number 448 (Micikevicius et al., "FP8 formats for deep learning", 2022; ONNX's FLOAT8E4M3FN).
#pragma once

#include <cstdint>
#include <span>

namespace medbench::ir {

inline constexpr double kLargestFp8 = 448;

// To nearest, ties to even; what is larger than the largest number becomes that.
std::uint8_t float_to_fp8(float value);
float fp8_to_float(std::uint8_t bits);

// max|row| / 448, in fp32; 1 for a row of zeros. Not finite where an element is not.
float fp8_scale(std::span<const float> row);
// Of the values between the two, which contain 0.
float fp8_scale(double min, double max);

// The number that value / scale becomes, times scale.
float rounded_to_fp8(float value, float scale);

}  // namespace medbench::ir
