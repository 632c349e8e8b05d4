#include "kernels/max_pool.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "tests/support/parameters.hpp"

namespace medbench::kernels {
namespace {

// Channel by channel, element by element.
std::vector<float> expected(const PoolWindow& window, const PoolSizes& sizes, std::int64_t batch,
                            const std::vector<float>& x) {
  const auto& [kernel, stride, padding] = window;
  std::vector<float> y;
  for (std::int64_t row = 0; row < batch * sizes.out[0] * sizes.out[1] * sizes.out[2]; ++row) {
    const std::int64_t w = row % sizes.out[2];
    const std::int64_t h = row / sizes.out[2] % sizes.out[1];
    const std::int64_t d = row / sizes.out[2] / sizes.out[1] % sizes.out[0];
    const std::int64_t image = row / sizes.out[2] / sizes.out[1] / sizes.out[0];
    for (std::int64_t channel = 0; channel < sizes.channels; ++channel) {
      float largest = -std::numeric_limits<float>::infinity();
      for (std::int64_t i = 0; i < kernel[0] * kernel[1] * kernel[2]; ++i) {
        const Extent at{d * stride[0] - padding[0] + i / kernel[2] / kernel[1],
                        h * stride[1] - padding[1] + i / kernel[2] % kernel[1],
                        w * stride[2] - padding[2] + i % kernel[2]};
        bool is_inside = true;
        for (std::size_t k = 0; k < at.size(); ++k)
          is_inside = is_inside && at[k] >= 0 && at[k] < sizes.in[k];
        if (!is_inside) continue;
        const std::int64_t place =
            ((image * sizes.in[0] + at[0]) * sizes.in[1] + at[1]) * sizes.in[2] + at[2];
        largest = std::max(largest, x[static_cast<std::size_t>(place * sizes.channels + channel)]);
      }
      y.push_back(largest);
    }
  }
  return y;
}

TEST(MaxPool, TakesTheLargestOfEveryWindow) {
  constexpr std::int64_t kBatch = 2;
  const PoolWindow window{.kernel = {2, 3, 3}, .stride = {1, 2, 3}, .padding = {1, 1, 0}};
  for (const std::int64_t channels : {1, 5, 16, 23, 33}) {
    const PoolSizes sizes{.channels = channels, .in = {3, 5, 7}, .out = {4, 3, 2}};
    const HostTensor tensor = testing::random_floats({kBatch, 3, 5, 7, channels}, 3);
    const std::vector<float> x(tensor.f32().begin(), tensor.f32().end());
    const std::vector<float> all = expected(window, sizes, kBatch, x);
    std::vector<float> y(all.size());
    const std::int64_t rows = kBatch * 4 * 3;
    max_pool_rows(window, sizes, x.data(), y.data(), 0, 5);
    max_pool_rows(window, sizes, x.data(), y.data(), 5, rows);
    EXPECT_EQ(y, all) << channels;
    std::vector<Bf16> shorts;
    for (const float value : x) shorts.push_back(static_cast<Bf16>(float_to_bf16(value)));
    std::vector<Bf16> results(all.size());
    max_pool_rows(window, sizes, shorts.data(), results.data(), 0, rows);
    for (std::size_t i = 0; i < all.size(); ++i)
      ASSERT_EQ(static_cast<std::uint16_t>(results[i]), float_to_bf16(all[i])) << i;
  }
}

TEST(MaxPool, OfNaNIsNaN) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const PoolWindow window{.kernel = {1, 1, 2}, .stride = {1, 1, 2}};
  const PoolSizes sizes{.channels = 1, .in = {1, 1, 6}, .out = {1, 1, 3}};
  const std::vector<float> x{nan, 1, 1, nan, 1, 2};
  std::vector<float> y(3);
  max_pool_rows(window, sizes, x.data(), y.data(), 0, 1);
  EXPECT_TRUE(std::isnan(y[0]));
  EXPECT_TRUE(std::isnan(y[1]));
  EXPECT_EQ(y[2], 2);
}

}  // namespace
}  // namespace medbench::kernels
