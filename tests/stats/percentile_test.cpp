#include "stats/percentile.hpp"

#include <gtest/gtest.h>
#include <vector>

#include "base/error.hpp"

namespace medbench {
namespace {

TEST(Percentile, IsTheSmallestSampleWithEnoughAtOrBelow) {
  const std::vector<double> samples{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(percentile(samples, 0.9), 9);
  EXPECT_EQ(percentile(samples, 0.901), 10);
  EXPECT_EQ(percentile(samples, 0.5), 5);
  EXPECT_EQ(percentile(samples, 0.05), 1);
  EXPECT_EQ(percentile(samples, 1.0), 10);
}

TEST(Percentile, RoundingOfTheProductDoesNotRaiseTheRank) {
  std::vector<double> samples;
  for (int i = 1; i <= 100; ++i) samples.push_back(i);
  for (int percent = 1; percent <= 100; ++percent) EXPECT_EQ(percentile(samples, percent / 100.0), percent);
}

TEST(Percentile, OfOneSampleIsThatSample) {
  const std::vector<double> one{7};
  EXPECT_EQ(percentile(one, 0.001), 7);
  EXPECT_EQ(percentile(one, 0.999), 7);
}

TEST(Percentile, RefusesNothingAndNonsense) {
  const std::vector<double> one{7};
  EXPECT_THROW(percentile({}, 0.5), Error);
  EXPECT_THROW(percentile(one, 0), Error);
  EXPECT_THROW(percentile(one, 1.1), Error);
}

TEST(MinSamples, FollowFromTheBinomialBound) {
  EXPECT_EQ(min_samples_for_percentile(0.9), 64);
  EXPECT_EQ(min_samples_for_percentile(0.95), 130);
  EXPECT_EQ(min_samples_for_percentile(0.99), 662);
  EXPECT_EQ(min_samples_for_percentile(0.999), 6636);
  EXPECT_THROW(min_samples_for_percentile(1), Error);
}

TEST(Sorted, LeavesTheOriginalAlone) {
  const std::vector<double> samples{3, 1, 2};
  EXPECT_EQ(sorted(samples), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(samples.front(), 3);
}

}  // namespace
}  // namespace medbench
