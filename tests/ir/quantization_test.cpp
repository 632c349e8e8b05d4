#include "ir/quantization.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::ir {
namespace {

TEST(QuantizeWeight, FollowsTheFormulasOfEveryRow) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    for (const std::int32_t weight_max : {127, 90, 63, 7, 1}) {
      const HostTensor matrix = testing::random_floats({7, 33}, seed, seed % 2 == 0 ? 0.1 : 3);
      const QuantizedWeight weight = quantize_weight(matrix.view(), weight_max);
      ASSERT_EQ(weight.out, 7);
      ASSERT_EQ(weight.in, 33);
      for (std::size_t i = 0; i < weight.integers.size(); ++i) {
        const double scale = double{weight.scales[i / 33]};
        ASSERT_LE(std::abs(int{weight.integers[i]}), weight_max);
        // Half a step, and what fp32 rounds in the scale and the quotient.
        ASSERT_NEAR(weight.integers[i] * scale, double{matrix.f32()[i]}, scale * 0.5001);
      }
    }
  }
}

TEST(QuantizeWeight, MarksRowsThatAreNotFinite) {
  const HostTensor odd = HostTensor::from_f32(
      {3, 2}, std::vector<float>{1, std::numeric_limits<float>::infinity(), 0, 0, std::nanf(""), 1});
  const QuantizedWeight weight = quantize_weight(odd.view(), 127);
  EXPECT_FALSE(std::isfinite(weight.scales[0]));
  EXPECT_EQ(weight.scales[1], 1);
  EXPECT_FALSE(std::isfinite(weight.scales[2]));
}

TEST(QuantizeWeight, RefusesWhatIsNoMatrix) {
  const HostTensor vector = testing::random_floats({3}, 1);
  const HostTensor ids = HostTensor::from_i64({1, 3}, std::vector<std::int64_t>{1, 2, 3});
  for (const HostTensor* bad : {&vector, &ids}) {
    testing::expect_error(ErrorKind::Internal, "cannot be quantized",
                          [&] { (void)quantize_weight(bad->view(), 127); });
  }
}

}  // namespace
}  // namespace medbench::ir
