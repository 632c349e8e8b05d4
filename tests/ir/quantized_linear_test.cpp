// The integer arithmetic of QuantizedLinear: by hand where the numbers are small, by its properties
// otherwise.
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <vector>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/quantization.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::ir {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(WeightScale, PutsTheLargestWeightOnTheLargestInteger) {
  EXPECT_EQ(weight_scale(std::vector<float>{1, -254, 3}, 127), 2);
  EXPECT_EQ(weight_scale(std::vector<float>{7}, 7), 1);
  EXPECT_EQ(weight_scale(std::vector<float>{0, 0}, 127), 1);
  EXPECT_EQ(weight_scale(std::vector<float>{std::numeric_limits<float>::denorm_min()}, 127), 1);
  EXPECT_EQ(weight_scale(std::vector<float>{1, kInfinity}, 127), kInfinity);
  EXPECT_TRUE(std::isnan(weight_scale(std::vector<float>{1, std::nanf(""), 2}, 127)));
}

TEST(QuantizeWeight, RoundsToEvenAndStaysSymmetric) {
  EXPECT_EQ(quantize_weight_element(5, 2, 127), 2);
  EXPECT_EQ(quantize_weight_element(-5, 2, 127), -2);
  EXPECT_EQ(quantize_weight_element(7, 2, 127), 4);
  EXPECT_EQ(quantize_weight_element(1000, 2, 127), 127);
  EXPECT_EQ(quantize_weight_element(-1000, 2, 127), -127);
  EXPECT_EQ(quantize_weight_element(1, kInfinity, 127), 0);
}

TEST(ActivationScale, FollowsDynamicQuantizeLinear) {
  const ActivationScale both = activation_scale(-1, 1.55, 255);
  EXPECT_FLOAT_EQ(both.scale, 0.01F);
  EXPECT_EQ(both.zero_point, 100);
  const ActivationScale positive = activation_scale(3, 25.5, 255);  // extended to [0, 25.5]
  EXPECT_FLOAT_EQ(positive.scale, 0.1F);
  EXPECT_EQ(positive.zero_point, 0);
  const ActivationScale negative = activation_scale(-12.7, -1, 127);
  EXPECT_FLOAT_EQ(negative.scale, 0.1F);
  EXPECT_EQ(negative.zero_point, 127);
  EXPECT_EQ(activation_scale(0, 0, 255).scale, 1);
  EXPECT_FALSE(std::isfinite(activation_scale(-kInfinity, 1, 255).scale));
  EXPECT_FALSE(std::isfinite(activation_scale(0, std::nan(""), 255).scale));
  EXPECT_FALSE(std::isfinite(activation_scale(-3e38, 3e38, 1).scale));
}

TEST(QuantizeActivation, RoundsToEvenAndSaturates) {
  const ActivationScale scale{0.5F, 10, 255};
  EXPECT_EQ(quantize_activation_element(0, scale), 10);
  EXPECT_EQ(quantize_activation_element(0.25F, scale), 10);
  EXPECT_EQ(quantize_activation_element(0.75F, scale), 12);
  EXPECT_EQ(quantize_activation_element(-100, scale), 0);
  EXPECT_EQ(quantize_activation_element(1e30F, scale), 255);
}

class QuantizedLinearOracle : public ::testing::Test {
 protected:
  // x [rows, in], weight [out, in], bias [out]; every tensor is an argument of the graph.
  static HostTensor run(const QuantizedLinear& op, const HostTensor& x, const HostTensor& weight,
                        const HostTensor& bias, const HostTensor* residual = nullptr) {
    GraphBuilder graph("g");
    testing::MemoryParameters tensors;
    NamedTensors given;
    const auto shape_of = [](const HostTensor& tensor) {
      return Shape(tensor.shape().begin(), tensor.shape().end());
    };
    const auto copy = [](const HostTensor& t) { return HostTensor::from_f32(t.shape(), t.f32()); };
    given["x"] = copy(x);
    tensors.set("w", copy(weight));
    tensors.set("b", copy(bias));
    std::optional<ValueId> added;
    if (residual != nullptr) {
      given["r"] = copy(*residual);
      added = graph.input("r", DType::F32, shape_of(*residual));
    }
    const ValueId w = graph.parameter("w", shape_of(weight));
    const ValueId b = graph.parameter("b", shape_of(bias));
    graph.output("y", graph.quantized_linear(graph.input("x", DType::F32, shape_of(x)), w, b, op, added));
    return std::move(interpret(graph.build(), tensors, {}, given).at("y"));
  }

  static HostTensor floats(std::vector<std::int64_t> shape, const std::vector<float>& values) {
    return HostTensor::from_f32(std::move(shape), values);
  }
};

TEST_F(QuantizedLinearOracle, ByHand) {
  // x: range [-1, 254], scale 1, zero point 1. weight rows: scales 1/127 * 127 = 1 and 0.5.
  const HostTensor x = floats({1, 3}, {-1, 254, 0.4F});
  const HostTensor weight = floats({2, 3}, {127, 1, -3, 63.5F, 0.25F, 0});
  const HostTensor y = run({}, x, weight, floats({2}, {10, 0.5F}));
  // The 0.4 becomes 0; 0.25 / 0.5 is a tie and becomes 0.
  EXPECT_EQ(y.f32()[0], -127 + 254 + 10);
  EXPECT_EQ(y.f32()[1], -127 * 0.5F + 0.5F);
}

TEST_F(QuantizedLinearOracle, SumsLargeProductsExactly) {
  // 255 * 127 * 4096 does not fit into 24 bits of mantissa; one more in the last place must survive.
  constexpr std::int64_t kIn = 4096;
  std::vector<float> x(kIn, 255);
  std::vector<float> weight(kIn, 127);
  weight.back() = 126;
  x.back() = 254;  // range [0, 255]
  const HostTensor y = run({}, floats({1, kIn}, x), floats({1, kIn}, weight), floats({1}, {-131600000.0F}));
  const double exact = 255.0 * 127 * (kIn - 1) + 254.0 * 126 - 131600000;
  EXPECT_EQ(y.f32()[0], static_cast<float>(exact));
}

TEST_F(QuantizedLinearOracle, AppliesTheActivationThenTheResidual) {
  const HostTensor residual = floats({1, 2}, {10, 20});
  const HostTensor y = run({.activation = Activation::Relu}, floats({1, 1}, {255}),
                           floats({2, 1}, {127, -127}), floats({2}, {1, 1}), &residual);
  EXPECT_EQ(y.f32()[0], 255 * 127 + 1 + 10);
  EXPECT_EQ(y.f32()[1], 20);
}

TEST_F(QuantizedLinearOracle, WeightsOnlyLeaveXAsItIs) {
  const QuantizedLinear op{.input = ActivationQuantization::None, .weight_max = 7};
  const HostTensor y = run(op, floats({1, 2}, {0.3F, 1000}), floats({1, 2}, {7, -1.4F}), floats({1}, {0}));
  EXPECT_FLOAT_EQ(y.f32()[0], 0.3F * 7 - 1000);
}

TEST_F(QuantizedLinearOracle, StaticRangesSaturate) {
  const QuantizedLinear op{.input = ActivationQuantization::Static, .input_min = -5, .input_max = 250};
  const HostTensor y = run(op, floats({3, 1}, {-100, 7, 1000}), floats({1, 1}, {127}), floats({1}, {0}));
  EXPECT_EQ(y.f32()[0], -5 * 127);
  EXPECT_EQ(y.f32()[1], 7 * 127);
  EXPECT_EQ(y.f32()[2], 250 * 127);
}

TEST_F(QuantizedLinearOracle, WhatIsNotFiniteGivesNaN) {
  const HostTensor weight = floats({2, 1}, {1, kInfinity});
  const HostTensor y = run({}, floats({2, 1}, {1, 2}), weight, floats({2}, {0, 0}));
  EXPECT_FALSE(std::isnan(y.f32()[0]));
  EXPECT_TRUE(std::isnan(y.f32()[1]));
  for (const float odd : {kInfinity, -kInfinity, std::nanf("")}) {
    const HostTensor all = run({}, floats({2, 1}, {1, odd}), weight, floats({2}, {0, 0}));
    EXPECT_TRUE(std::all_of(all.f32().begin(), all.f32().end(), [](float v) { return std::isnan(v); }));
  }
}

TEST_F(QuantizedLinearOracle, ZerosStayZeros) {
  const HostTensor y =
      run({}, floats({1, 3}, {0, 0, 0}), floats({2, 3}, {0, 0, 0, 1, 2, 3}), floats({2}, {0.25F, -1}));
  EXPECT_EQ(y.f32()[0], 0.25F);
  EXPECT_EQ(y.f32()[1], -1);
}

// |x w - x' w'| is at most what half a step of either costs: every x is off by at most sx / 2 (and as much
// again where the rounded zero point cuts the range short) and every w by at most sw / 2.
TEST_F(QuantizedLinearOracle, StaysWithinHalfAStepOfTheRealProduct) {
  constexpr std::int64_t kRows = 5;
  constexpr std::int64_t kOut = 9;
  constexpr std::int64_t kIn = 37;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const auto& [weight_max, activation_max] : {std::pair{127, 255}, {63, 127}, {7, 255}, {127, 1}}) {
      const HostTensor x = testing::random_floats({kRows, kIn}, seed, 3, static_cast<double>(seed % 3) - 1);
      const HostTensor weight = testing::random_floats({kOut, kIn}, seed + 100, 0.5);
      const HostTensor bias = testing::random_floats({kOut}, seed + 200);
      const HostTensor y = run({.weight_max = weight_max, .activation_max = activation_max}, x, weight, bias);
      const auto [low, high] = std::minmax_element(x.f32().begin(), x.f32().end());
      const double step_x = double{activation_scale(double{*low}, double{*high}, activation_max).scale};
      for (std::size_t i = 0; i < y.f32().size(); ++i) {
        const std::size_t column = i % kOut;
        const auto row = weight.f32().subspan(column * kIn, kIn);
        const double step_w = double{weight_scale(row, weight_max)};
        double exact = double{bias.f32()[column]};
        double bound = 1e-5;
        for (std::size_t j = 0; j < kIn; ++j) {
          const double feature = double{x.f32()[i / kOut * kIn + j]};
          exact += feature * double{row[j]};
          bound += step_x * (std::fabs(double{row[j]}) + step_w / 2) + std::fabs(feature) * step_w / 2;
        }
        ASSERT_NEAR(double{y.f32()[i]}, exact, bound) << "seed " << seed << " element " << i;
      }
    }
  }
}

TEST(QuantizeWeight, GivesEachGroupItsScale) {
  const HostTensor weight = HostTensor::from_f32({2, 3}, std::vector<float>{127, -1, 12.7F, 0, 0, 254});
  const QuantizedWeight rounded = quantize_weight(weight.view(), 127, 2);  // the last group has one feature
  EXPECT_EQ(rounded.groups(), 2);
  EXPECT_EQ(rounded.integers, (std::vector<std::int8_t>{127, -1, 127, 0, 0, 127}));
  ASSERT_EQ(rounded.scales.size(), 4U);
  EXPECT_FLOAT_EQ(rounded.scales[0], 1);
  EXPECT_FLOAT_EQ(rounded.scales[1], 0.1F);
  EXPECT_EQ(rounded.scales[2], 1);
  EXPECT_FLOAT_EQ(rounded.scales[3], 2);
  const std::vector<float> numbers = dequantized(rounded);
  EXPECT_FLOAT_EQ(numbers[2], 12.7F);
  EXPECT_FLOAT_EQ(numbers[5], 254);
}

TEST(Equalisers, AreFourthRootsOfMeanSquares) {
  const std::vector<float> equalisers = equalisers_of(std::vector<float>{16, 0, kInfinity, 16, 0, 1}, 3);
  EXPECT_EQ(equalisers, (std::vector<float>{4, 1, 1}));
}

// Adds up weights of one sign as the instructions do.
TEST(Int16Scale, LeavesRoomForFourProducts) {
  const std::vector<float> positive(8, 1);
  EXPECT_EQ(int16_scale(positive, 127, 60), 1.0F / 127);  // 4 * 127 * 60 fits
  const float scale = int16_scale(positive, 127, 255);
  EXPECT_LE(4 * quantize_weight_element(1, scale, 127) * 255, 32767);
  EXPECT_GE(quantize_weight_element(1, scale, 127), 31);  // and no more than that
  // The same weights with both signs: half of them count.
  const std::vector<float> mixed{1, -1, 1, -1, 1, -1, 1, -1};
  EXPECT_EQ(int16_scale(mixed, 127, 120), 1.0F / 127);
  // Features 0, 1, 4, 5 are added, and 2, 3, 6, 7.
  const std::vector<float> apart{1, 1, 0, 0, -1, -1, 0, 0};
  EXPECT_EQ(int16_scale(apart, 127, 120), 1.0F / 127);
  const std::vector<float> together{1, 1, 0, 0, 1, 1, 0, 0};
  EXPECT_GT(int16_scale(together, 127, 120), 1.0F / 127);
  EXPECT_EQ(int16_scale(std::vector<float>(8, 0), 127, 255), 1);
  EXPECT_FALSE(std::isfinite(int16_scale(std::vector<float>{1, kInfinity}, 127, 255)));
}

// One outlier spoils its own group of its own row.
TEST_F(QuantizedLinearOracle, GroupsKeepOutliersApart) {
  constexpr std::int64_t kIn = 64;
  std::vector<float> x(static_cast<std::size_t>(2 * kIn), 0.5F);
  x[0] = 1000;
  std::vector<float> weight(static_cast<std::size_t>(kIn), 1);
  const HostTensor bias = floats({1}, {0});
  const HostTensor whole = run({}, floats({2, kIn}, x), floats({1, kIn}, weight), bias);
  EXPECT_EQ(whole.f32()[1], 0);  // a step is 4
  const HostTensor groups = run({.group = 32}, floats({2, kIn}, x), floats({1, kIn}, weight), bias);
  EXPECT_NEAR(groups.f32()[1], 32, 0.01);
  EXPECT_NEAR(groups.f32()[0], 1000 + 16, 0.01);  // of the first group nothing else is left
}

TEST_F(QuantizedLinearOracle, GroupsOfWeightsAloneLeaveXAsItIs) {
  const QuantizedLinear op{.input = ActivationQuantization::None, .weight_max = 7, .group = 32};
  std::vector<float> x(33, 0.25F);
  std::vector<float> weight(33, 7);
  weight.back() = 0.01F;
  const HostTensor y = run(op, floats({1, 33}, x), floats({1, 33}, weight), floats({1}, {0}));
  EXPECT_NEAR(y.f32()[0], 56.0025, 1e-5);
}

}  // namespace
}  // namespace medbench::ir
