// The table of families of cases: what makes their cases, and how far a runtime may be from the interpreter
// in each precision. An element passes when |actual - expected| <= absolute + relative * |expected|. Values
// of the cases are of the order of 1.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/conformance/case_builder.hpp"
#include "tests/support/compare.hpp"

namespace medbench::conformance {

using testing::Bound;

struct Family {
  std::string_view name;
  std::vector<Case> (*make)();
  Bound fp32;               // fp32 against the interpreter in fp32
  Bound bf16;               // bf16 against the interpreter on the same lowered graph
  Bound bf16_against_fp32;  // bf16 against the interpreter in fp32: what the precision itself costs
  Bound fp16;               // fp16 against the interpreter on the same lowered graph
  // int8 against the interpreter in fp32, for runtimes may choose the ranges of their integers. Unset: as
  // fp32, because there is no linear layer.
  std::optional<Bound> int8 = std::nullopt;
};

// One unit in the last place: of fp32 1.2e-7 of the value, of fp16 9.8e-4, of bf16 7.8e-3. Results of one
// rounding may fall on either side of a tie, hence a whole unit where a runtime computes once, and more where
// it may round in between: between bias, activation and residual, or the weights of an attention. What moves
// or converts data without arithmetic is exact.
inline constexpr double kBf16Unit = 0x1p-7;
inline constexpr double kFp16Unit = 0x1p-10;
inline constexpr Bound kExact{};

// Rounding to integers costs half a step of x and of the weights for each of `in` products; steps of the
// cases are about 0.01 of values of the order of 1 with reduced ranges, and errors add up like a random walk.
// An encoder divides by deviations and repeats it.
inline constexpr Bound kInt8Linear{0.15, 0.02};
inline constexpr Bound kInt8Encoder{0.6, 0.1};
// The graph itself says which integers: a runtime may differ where a number falls between two of them. bf16
// moves numbers there, and a step of 4 bits is about 0.15.
inline constexpr Bound kSameIntegers{0.02, 0.01};

inline constexpr std::array kFamilies{
    Family{"Embedding", embedding_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    Family{"Linear",
           linear_cases,
           {5e-6, 5e-6},
           {0.03, 2 * kBf16Unit},
           {0.06, 3 * kBf16Unit},
           {0.004, 2 * kFp16Unit},
           kInt8Linear},
    Family{"QuantizedLinear",
           quantized_linear_cases,
           kSameIntegers,
           {0.2, 2 * kBf16Unit},
           {0.2, 3 * kBf16Unit},
           {0.02, 2 * kFp16Unit},
           kSameIntegers},
    Family{"LayerNorm",
           layer_norm_cases,
           {5e-6, 5e-6},
           {0.01, 2 * kBf16Unit},
           {0.03, 3 * kBf16Unit},
           {0.00125, 2 * kFp16Unit}},
    // Runtimes approximate erf, tanh and exp by polynomials.
    Family{"Activate",
           activate_cases,
           {5e-6, 5e-6},
           {1e-4, kBf16Unit},
           {0.01, 2 * kBf16Unit},
           {2e-5, kFp16Unit}},
    Family{"Silu", silu_cases, {5e-6, 5e-6}, {1e-4, kBf16Unit}, {0.01, 2 * kBf16Unit}, {2e-5, kFp16Unit}},
    // A score of 30 is rounded to bf16 by up to 0.06, and so is the logarithm of its weight.
    Family{
        "Softmax", softmax_cases, {1e-6, 1e-5}, {1e-4, kBf16Unit}, {0.05, 2 * kBf16Unit}, {2e-5, kFp16Unit}},
    Family{"Attention",
           attention_cases,
           {5e-6, 5e-6},
           {0.01, 2 * kBf16Unit},
           {0.03, 2 * kBf16Unit},
           {0.00125, 2 * kFp16Unit}},
    Family{"PackedAttention",
           packed_attention_cases,
           {5e-6, 5e-6},
           {0.01, 2 * kBf16Unit},
           {0.03, 2 * kBf16Unit},
           {0.00125, 2 * kFp16Unit}},
    Family{"Add", add_cases, kExact, {0, kBf16Unit}, {0.01, kBf16Unit}, {0, kFp16Unit}},
    Family{"Reshape", reshape_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    Family{"Transpose", transpose_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    Family{"Slice", slice_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    // To an integer: a value that rounds across a whole number is off by 1.
    Family{"Cast", cast_cases, kExact, kExact, {1, kBf16Unit}, kExact},
    Family{"Structure",
           structure_cases,
           {5e-6, 5e-6},
           {0.03, 2 * kBf16Unit},
           {0.06, 3 * kBf16Unit},
           {0.004, 2 * kFp16Unit},
           kInt8Linear},
    Family{"Encoder",
           encoder_cases,
           {3e-5, 1e-5},
           {0.15, 4 * kBf16Unit},
           {0.2, 4 * kBf16Unit},
           {0.02, 4 * kFp16Unit},
           kInt8Encoder},
    Family{"PackedEncoder",
           packed_encoder_cases,
           {3e-5, 1e-5},
           {0.15, 4 * kBf16Unit},
           {0.2, 4 * kBf16Unit},
           {0.02, 4 * kFp16Unit},
           kInt8Encoder},
    // Runtimes that compute them by fewer products, as Winograd did, round sums of sums.
    Family{"Convolution",
           convolution_cases,
           {2e-5, 5e-6},
           {0.03, 2 * kBf16Unit},
           {0.06, 3 * kBf16Unit},
           {0.004, 2 * kFp16Unit}},
    // A step is up to 0.02.
    Family{"FakeQuantize",
           fake_quantize_cases,
           {0.021, 0.01},
           {0.05, 2 * kBf16Unit},
           {0.05, 3 * kBf16Unit},
           {0.021, 2 * kFp16Unit},
           Bound{0.021, 0.01}},
    Family{"QuantizedConvolution",
           quantized_convolution_cases,
           {0.05, 0.01},
           {0.25, 2 * kBf16Unit},
           {0.25, 3 * kBf16Unit},
           {0.05, 2 * kFp16Unit},
           Bound{0.05, 0.01}},
    Family{"TransposedConvolution",
           transposed_convolution_cases,
           {2e-5, 5e-6},
           {0.03, 2 * kBf16Unit},
           {0.06, 3 * kBf16Unit},
           {0.004, 2 * kFp16Unit}},
    Family{"MaxPool", max_pool_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    Family{"AveragePool",
           average_pool_cases,
           {1e-6, 1e-6},
           {0.01, kBf16Unit},
           {0.01, 2 * kBf16Unit},
           {0.00125, kFp16Unit}},
    Family{"AdaptiveAveragePool",
           adaptive_average_pool_cases,
           {1e-6, 1e-6},
           {0.01, kBf16Unit},
           {0.01, 2 * kBf16Unit},
           {0.00125, kFp16Unit}},
    Family{"BatchNorm",
           batch_norm_cases,
           {5e-6, 5e-6},
           {0.03, 2 * kBf16Unit},
           {0.06, 3 * kBf16Unit},
           {0.004, 2 * kFp16Unit}},
    Family{"InstanceNorm",
           instance_norm_cases,
           {5e-6, 5e-6},
           {0.01, 2 * kBf16Unit},
           {0.03, 3 * kBf16Unit},
           {0.00125, 2 * kFp16Unit}},
    Family{"Concatenate", concatenate_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    // Linear: one dimension after the other, with what is in between rounded.
    Family{"Upsample",
           upsample_cases,
           {1e-6, 1e-6},
           {0.01, kBf16Unit},
           {0.01, 2 * kBf16Unit},
           {0.00125, kFp16Unit}},
    Family{"Pad", pad_cases, kExact, kExact, {0, kBf16Unit}, kExact},
    Family{"ConvolutionalNetwork",
           convolutional_network_cases,
           {3e-5, 1e-5},
           {0.15, 4 * kBf16Unit},
           {0.2, 4 * kBf16Unit},
           {0.02, 4 * kFp16Unit},
           kInt8Encoder},
};

}  // namespace medbench::conformance
