#include "stats/compare.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace medbench {
namespace {

// Values centre - 5 % ... centre + 5 % in a fixed disorder.
std::vector<double> around(double centre, std::size_t n) {
  std::vector<double> samples;
  for (std::size_t i = 0; i < n; ++i) {
    samples.push_back(centre * (0.95 + 0.1 * static_cast<double>((i * 37) % n) / static_cast<double>(n - 1)));
  }
  return samples;
}

TEST(CompareMedians, FindsFasterAndSlower) {
  const auto slow = around(100, 101);
  const auto fast = around(80, 100);
  const auto estimate = compare_medians(fast, slow);
  ASSERT_TRUE(estimate);
  EXPECT_NEAR(estimate->ratio, 0.8, 1e-9);
  EXPECT_LT(estimate->interval.low, 0.8);
  EXPECT_GT(estimate->interval.high, 0.8);
  EXPECT_LT(estimate->interval.high, 0.85);
  EXPECT_EQ(judge(estimate), Verdict::Faster);
  EXPECT_EQ(judge(compare_medians(slow, fast)), Verdict::Slower);
}

// For these samples the median of a resample has a known spread: 95 % of it lies within 1.96 * 0.5 / sqrt(n)
// of the ranks, so the interval of the ratio to a constant is about 1 +- 0.1 * 1.96 * 0.5 / sqrt(101).
TEST(CompareMedians, IntervalHasTheWidthThatTheoryGives) {
  const std::vector<double> constant(10, 100.0);
  for (const std::size_t n : {100U, 101U}) {
    const auto estimate = compare_medians(around(100, n), constant);
    ASSERT_TRUE(estimate);
    EXPECT_NEAR(estimate->interval.low, 1 - 0.00975, 0.002);
    EXPECT_NEAR(estimate->interval.high, 1 + 0.00975, 0.002);
  }
}

TEST(CompareMedians, SameAndUndecided) {
  EXPECT_EQ(judge(compare_medians(around(100, 2001), around(100, 2001))), Verdict::Same);
  EXPECT_EQ(judge(compare_medians(around(100, 20), around(101, 20))), Verdict::Undecided);
  EXPECT_EQ(judge(std::nullopt), Verdict::Undecided);
}

TEST(CompareMedians, IsReproducibleBySeed) {
  const auto a = around(100, 50);
  const auto b = around(90, 50);
  EXPECT_EQ(compare_medians(a, b)->interval, compare_medians(a, b)->interval);
  EXPECT_NE(compare_medians(a, b)->interval, compare_medians(a, b, {.seed = 7})->interval);
}

TEST(CompareMedians, AbsentWithoutEnoughOrValidSamples) {
  const std::vector<double> two{1, 2};
  EXPECT_FALSE(compare_medians({}, two));
  EXPECT_FALSE(compare_medians(two, std::vector<double>{1}));
  EXPECT_FALSE(compare_medians(two, std::vector<double>{0, 1}));
  EXPECT_FALSE(compare_medians(two, std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}));
}

TEST(ComparePairs, CancelsWhatHitsBoth) {
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 1; i <= 10; ++i) {
    b.push_back(i * 10.0);
    a.push_back(i * 9.0);
  }
  const auto estimate = compare_pairs(a, b);
  ASSERT_TRUE(estimate);
  EXPECT_DOUBLE_EQ(estimate->ratio, 0.9);
  EXPECT_DOUBLE_EQ(estimate->interval.low, 0.9);
  EXPECT_EQ(judge(estimate), Verdict::Faster);
  EXPECT_EQ(judge(compare_medians(a, b)), Verdict::Undecided);
}

TEST(ComparePairs, AbsentForUnequalOrShortSeries) {
  const std::vector<double> five(5, 1.0);
  const std::vector<double> six(6, 1.0);
  EXPECT_FALSE(compare_pairs(five, six));
  EXPECT_FALSE(compare_pairs(five, five));
  EXPECT_TRUE(compare_pairs(six, six));
}

TEST(Judge, Boundaries) {
  EXPECT_EQ(judge(RatioEstimate{0.995, {0.99, 0.999}}), Verdict::Same);
  EXPECT_EQ(judge(RatioEstimate{0.98, {0.97, 0.999}}), Verdict::Faster);
  EXPECT_EQ(judge(RatioEstimate{1.02, {1.001, 1.03}}), Verdict::Slower);
  EXPECT_EQ(judge(RatioEstimate{1.0, {0.97, 1.0}}), Verdict::Undecided);
}

TEST(Verdict, Names) {
  EXPECT_EQ(to_string(Verdict::Faster), "faster");
  EXPECT_EQ(to_string(Verdict::Slower), "slower");
  EXPECT_EQ(to_string(Verdict::Same), "same");
  EXPECT_EQ(to_string(Verdict::Undecided), "undecided");
}

}  // namespace
}  // namespace medbench
