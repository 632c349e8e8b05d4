#include "measure/product_peak.hpp"

#include <gtest/gtest.h>

#include "tests/measure/testing.hpp"

namespace medbench {
namespace {

// Six products of 64 x 64 matrices.
constexpr double kOperations = 6 * 2.0 * 64 * 64 * 64;

TEST(ProductPeak, IsTheFastestPassAfterTheFirstOnes) {
  FakeClock clock;
  RecordingBackend backend(clock, {1, 1, 1, 4, 2, 3, 8, 8, 8, 8, 8, 8, 8});
  EXPECT_DOUBLE_EQ(product_peak_gflops(backend, clock, Target{}, 1, 64), kOperations / 1e6 / 2);
}

TEST(ProductPeak, TrustsTheTimerOfTheDevice) {
  FakeClock clock;
  RecordingBackend backend(clock, {5});
  backend.device_ms = 0.5;
  EXPECT_DOUBLE_EQ(product_peak_gflops(backend, clock, Target{}, 1, 64), kOperations / 1e6 / 0.5);
}

}  // namespace
}  // namespace medbench
