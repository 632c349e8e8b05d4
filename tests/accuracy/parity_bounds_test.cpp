#include "accuracy/parity_bounds.hpp"

#include <gtest/gtest.h>

#include "base/precision.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

Result result_with(const std::string& precision, double cosine) {
  Result result = testing::ok_result(1, 64, 20);
  result.job.target.precision = precision;
  fill_accuracy_metrics(result.metrics,
                        {.mse = 0.5, .cosine = cosine, .top1_match = 0.75, .kl = 0.25, .max_abs = 2});
  return result;
}

TEST(ParityBounds, HoldFromTheBoundOn) {
  for (const auto& bound : parity_bounds()) {
    const std::string precision(bound.precision);
    EXPECT_EQ(parity_holds(result_with(precision, bound.least_cosine)), true);
    EXPECT_EQ(parity_holds(result_with(precision, bound.least_cosine - 1e-9)), false);
  }
}

TEST(ParityBounds, AreThereForEveryPrecision) {
  for (const std::string_view precision : kPrecisionNames)
    EXPECT_NE(find_parity_bound(precision), nullptr) << precision;
}

TEST(ParityBounds, AreWiderForLowerPrecisions) {
  EXPECT_GT(find_parity_bound("fp32")->least_cosine, find_parity_bound("fp16")->least_cosine);
  EXPECT_GT(find_parity_bound("fp16")->least_cosine, find_parity_bound("bf16")->least_cosine);
  EXPECT_EQ(find_parity_bound("int8")->least_cosine, 0.999);
  EXPECT_EQ(find_parity_bound("fp64"), nullptr);
}

TEST(ParityBounds, SayNothingWithoutAccuracyOrBound) {
  EXPECT_EQ(parity_holds(testing::ok_result(1, 64, 20)), std::nullopt);
  EXPECT_EQ(parity_holds(result_with("fp64", 1)), std::nullopt);
}

TEST(ParityBounds, MetricsAreThoseOfTheGuide) {
  const Result result = result_with("fp32", 1);
  EXPECT_EQ(result.metrics.get("acc_mse"), 0.5);
  EXPECT_EQ(result.metrics.get("acc_cosine"), 1);
  EXPECT_EQ(result.metrics.get("acc_top1_match"), 0.75);
  EXPECT_EQ(result.metrics.get("acc_kl"), 0.25);
  EXPECT_EQ(result.metrics.get("acc_max_abs"), 2);
}

}  // namespace
}  // namespace medbench
