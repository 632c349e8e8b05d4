#include "stats/interval.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace medbench {
namespace {

TEST(MedianInterval, NeedsSixSamples) {
  for (const std::size_t n : {0U, 1U, 2U, 5U}) EXPECT_FALSE(median_interval_ranks(n)) << n;
  EXPECT_EQ(median_interval_ranks(6), (Ranks{0, 5}));
}

// Published table of the sign test: the k-th smallest and largest for n, at 95 %.
TEST(MedianInterval, MatchesTheTableOfTheSignTest) {
  EXPECT_EQ(median_interval_ranks(8), (Ranks{0, 7}));
  EXPECT_EQ(median_interval_ranks(9), (Ranks{1, 7}));
  EXPECT_EQ(median_interval_ranks(10), (Ranks{1, 8}));
  EXPECT_EQ(median_interval_ranks(20), (Ranks{5, 14}));
  EXPECT_EQ(median_interval_ranks(25), (Ranks{7, 17}));
  EXPECT_EQ(median_interval_ranks(50), (Ranks{17, 32}));
  EXPECT_EQ(median_interval_ranks(100), (Ranks{39, 60}));
}

TEST(MedianInterval, OtherConfidence) {
  EXPECT_EQ(median_interval_ranks(10, 0.99), (Ranks{0, 9}));
  EXPECT_FALSE(median_interval_ranks(6, 0.99));
}

TEST(MedianInterval, StaysNearTheNormalApproximationForMany) {
  const auto ranks = median_interval_ranks(1000000);
  ASSERT_TRUE(ranks);
  EXPECT_NEAR(static_cast<double>(ranks->low), 500000 - 0.98 * 1000, 2);
  EXPECT_EQ(ranks->low + ranks->high, 999999U);
}

TEST(MedianInterval, TakesTheSamplesAtTheRanks) {
  const std::vector<double> samples{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(median_interval(samples), (Interval{2, 9}));
}

TEST(MedianInterval, RanksOfTheEffectiveNumberAreSpreadOverAll) {
  std::vector<double> samples;
  for (int i = 0; i < 100; ++i) samples.push_back(i);
  EXPECT_EQ(widened_median_interval(samples, 100), (Interval{39, 60}));
  EXPECT_EQ(widened_median_interval(samples, 25.9), (Interval{28, 71}));  // rank 7 of 25
  EXPECT_EQ(widened_median_interval(samples, 6), (Interval{0, 99}));
  EXPECT_EQ(widened_median_interval(samples, 1e9), median_interval(samples));
  EXPECT_FALSE(widened_median_interval(samples, 5.9));
  EXPECT_FALSE(widened_median_interval(samples, -1));
}

}  // namespace
}  // namespace medbench
