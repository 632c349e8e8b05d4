#include "ir/fp8.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::ir {
namespace {

using ::testing::ElementsAre;

constexpr std::uint8_t kNan = 0x7F;

TEST(Fp8, EveryNumberIsItself) {
  for (int code = 0; code < 256; ++code) {
    const auto bits = static_cast<std::uint8_t>(code);
    if ((bits & kNan) == kNan) {
      EXPECT_TRUE(std::isnan(fp8_to_float(bits)));
    } else {
      EXPECT_EQ(float_to_fp8(fp8_to_float(bits)), bits) << code;
    }
  }
}

// The table of the paper that defines the format.
TEST(Fp8, HasTheNumbersOfTheFormat) {
  EXPECT_EQ(fp8_to_float(0x7E), 448.0F);
  EXPECT_EQ(fp8_to_float(0x08), std::ldexp(1.0F, -6));
  EXPECT_EQ(fp8_to_float(0x07), 0.875F * std::ldexp(1.0F, -6));
  EXPECT_EQ(fp8_to_float(0x01), std::ldexp(1.0F, -9));
  EXPECT_EQ(fp8_to_float(0x38), 1.0F);
  EXPECT_EQ(fp8_to_float(0xB8), -1.0F);
}

TEST(Fp8, RoundsToTheNearestAndTiesToEven) {
  for (int code = 0; code < 0x7E; ++code) {
    const float low = fp8_to_float(static_cast<std::uint8_t>(code));
    const float high = fp8_to_float(static_cast<std::uint8_t>(code + 1));
    const float middle = (low + high) / 2;
    EXPECT_EQ(float_to_fp8(middle), code % 2 == 0 ? code : code + 1) << middle;
    EXPECT_EQ(float_to_fp8(std::nextafter(middle, 0.0F)), code) << middle;
    EXPECT_EQ(float_to_fp8(std::nextafter(middle, 1e9F)), code + 1) << middle;
    EXPECT_EQ(float_to_fp8(-std::nextafter(middle, 1e9F)), (code + 1) | 0x80) << middle;
  }
}

TEST(Fp8, HasNoInfinity) {
  EXPECT_EQ(float_to_fp8(1e9F), 0x7E);
  EXPECT_EQ(float_to_fp8(-std::numeric_limits<float>::infinity()), 0xFE);
  EXPECT_EQ(float_to_fp8(std::numeric_limits<float>::quiet_NaN()) & kNan, kNan);
  EXPECT_EQ(float_to_fp8(std::numeric_limits<float>::denorm_min()), 0);
}

TEST(Fp8, ScalesToTheLargestNumber) {
  const std::vector<float> row{1, -896, 3};
  EXPECT_EQ(fp8_scale(row), 2.0F);
  EXPECT_EQ(fp8_scale(std::vector<float>(3)), 1.0F);
  EXPECT_EQ(fp8_scale(-1, 448), 1.0F);
  EXPECT_EQ(fp8_scale(-896, 1), 2.0F);
  EXPECT_TRUE(std::isnan(fp8_scale(std::vector<float>{1, std::numeric_limits<float>::infinity()})));
}

std::vector<float> rounded(double scale, std::vector<std::int64_t> shape, std::vector<float> numbers) {
  Shape dims(shape.begin(), shape.end());
  GraphBuilder builder("g");
  const ValueId x = builder.input("x", DType::F32, dims);
  builder.output("y", builder.apply(RoundToFp8{scale}, {x}, "y"));
  testing::MemoryParameters none;
  NamedTensors inputs;
  inputs.emplace("x", HostTensor::from_f32(shape, numbers));
  const NamedTensors outputs = interpret(builder.build(), none, {}, inputs);
  const auto values = outputs.at("y").f32();
  return {values.begin(), values.end()};
}

TEST(Fp8, IsWhatTheInterpreterRoundsTo) {
  EXPECT_THAT(rounded(1, {4}, {1.06F, 500, -17.1F, 0}), ElementsAre(1, 448, -18, 0));
  EXPECT_THAT(rounded(0.5, {3}, {0.53F, 224, -300}), ElementsAre(0.5F, 224, -224));
  // Rows of their own: 448 stands for the largest of each.
  EXPECT_THAT(rounded(0, {2, 2}, {448, 1.06F, 4.48F, 0.0106F}),
              ElementsAre(448, 1, 4.48F, ::testing::FloatNear(0.01F, 1e-6F)));
  testing::expect_error(ErrorKind::Internal, "expects a matrix", [] { (void)rounded(0, {4}, {1, 2, 3, 4}); });
}

}  // namespace
}  // namespace medbench::ir
