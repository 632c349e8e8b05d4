#include "stats/verdict.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace medbench {
namespace {

TEST(Verdict, Words) {
  EXPECT_EQ(to_string(Verdict::Faster), "faster");
  EXPECT_EQ(to_string(Verdict::Slower), "slower");
  EXPECT_EQ(to_string(Verdict::Same), "same");
  EXPECT_EQ(to_string(Verdict::Undecided), "cannot tell");
}

TEST(Verdict, OfAnInterval) {
  EXPECT_EQ(judge_interval({0.986, 0.999}), Verdict::Same);  // nearer than what counts
  EXPECT_EQ(judge_interval({0.985, 1.015}), Verdict::Same);
  EXPECT_EQ(judge_interval({0.97, 0.999}), Verdict::Faster);
  EXPECT_EQ(judge_interval({1.001, 1.03}), Verdict::Slower);
  EXPECT_EQ(judge_interval({0.97, 1.0}), Verdict::Undecided);
  EXPECT_EQ(judge_interval({0.99, 1.02}), Verdict::Undecided);
  EXPECT_EQ(judge_interval({0.99, 1.02}, 0.03), Verdict::Same);
}

// t for 4 degrees: 2.776445 (97.5 %), 0.940965 (80 %).
TEST(LogRatio, IntervalAndSmallestDifference) {
  const LogRatio estimate{.value = std::log(1.1), .standard_error = 0.02, .degrees = 4};
  const Interval interval = ratio_interval(estimate, 0.95);
  EXPECT_NEAR(interval.low, 1.1 * std::exp(-0.0555289), 1e-7);
  EXPECT_NEAR(interval.high, 1.1 * std::exp(0.0555289), 1e-7);
  EXPECT_NEAR(detectable_difference(estimate, 0.95), std::exp(0.0743482) - 1, 1e-7);
}

}  // namespace
}  // namespace medbench
