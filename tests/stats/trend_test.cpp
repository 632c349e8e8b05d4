#include "stats/trend.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace medbench {
namespace {

std::vector<double> noise(std::size_t n) {
  std::vector<double> samples;
  for (std::size_t i = 0; i < n; ++i) samples.push_back(100.0 + static_cast<double>((i * 37) % 11));
  return samples;
}

TEST(RelativeSpread, KnownValues) {
  EXPECT_EQ(relative_spread({}), 0);
  EXPECT_EQ(relative_spread(std::vector<double>{5}), 0);
  EXPECT_EQ(relative_spread(std::vector<double>{0, 0}), 0);
  EXPECT_DOUBLE_EQ(relative_spread(std::vector<double>{9, 10, 11}), 0.2);
  EXPECT_TRUE(std::isinf(relative_spread(std::vector<double>{0, 0, 1})));
}

TEST(WindowMedians, SpreadSeesAStepAndNotAnOutlier) {
  std::vector<double> samples(100, 10.0);
  samples[50] = 1000;
  EXPECT_EQ(spread_of_window_medians(samples, 10), 0);
  for (std::size_t i = 70; i < 100; ++i) samples[i] = 12;
  EXPECT_DOUBLE_EQ(spread_of_window_medians(samples, 10), 0.2);
}

TEST(WindowMedians, TooFewSamples) {
  EXPECT_EQ(spread_of_window_medians(std::vector<double>{1, 2}, 3), 0);
  EXPECT_EQ(spread_of_window_medians(std::vector<double>{1, 2}, 0), 0);
  EXPECT_EQ(spread_of_window_medians({}, 1), 0);
}

TEST(Drift, OfAStraightLine) {
  std::vector<double> samples;
  for (int i = 0; i <= 20; ++i) samples.push_back(90 + i);
  const Drift drift = find_drift(samples);
  EXPECT_DOUBLE_EQ(drift.relative_change, 20.0 / 110);
  // S = 210, variance 21 * 20 * 47 / 18.
  EXPECT_NEAR(drift.p_value, std::erfc(209 / std::sqrt(21.0 * 20 * 47 / 18) / std::sqrt(2.0)), 1e-15);
  EXPECT_LT(drift.p_value, 1e-8);
}

// To a ninth of the start: the straight line falls by 2.4 medians and ends below zero.
TEST(Drift, OfASteepFallIsAtMostAllOfIt) {
  std::vector<double> samples;
  for (int i = 0; i < 64; ++i) samples.push_back(50 + 500 * std::exp(-i / 20.0));
  const Drift drift = find_drift(samples);
  EXPECT_LT(drift.relative_change, -0.7);
  EXPECT_GE(drift.relative_change, -1);
  EXPECT_LT(drift.p_value, 1e-8);
  std::reverse(samples.begin(), samples.end());
  EXPECT_DOUBLE_EQ(find_drift(samples).relative_change, -drift.relative_change);
}

TEST(Drift, HalvingIsHalf) {
  std::vector<double> samples;
  for (int i = 0; i <= 20; ++i) samples.push_back(200 - 5 * i);
  EXPECT_DOUBLE_EQ(find_drift(samples).relative_change, -0.5);
}

TEST(RelativeChange, IsAShareOfTheLarger) {
  EXPECT_DOUBLE_EQ(relative_change(100, 25), -0.75);
  EXPECT_DOUBLE_EQ(relative_change(25, 100), 0.75);
  EXPECT_EQ(relative_change(0, 0), 0);
  EXPECT_EQ(relative_change(-1, 0), 0);
}

TEST(Drift, NoneInNoiseOrConstants) {
  EXPECT_GT(find_drift(noise(200)).p_value, 0.1);
  EXPECT_EQ(find_drift(std::vector<double>(50, 3.0)).p_value, 1);
  EXPECT_EQ(find_drift(std::vector<double>{1, 2, 3, 4, 5, 6, 7}).p_value, 1);
  EXPECT_EQ(find_drift({}).relative_change, 0);
}

TEST(Drift, TiesWidenTheVariance) {
  // S = 4 * 4 of pairs across; variance (8*7*21 - 2 * 4*3*13) / 18.
  const Drift drift = find_drift(std::vector<double>{1, 1, 1, 1, 2, 2, 2, 2});
  EXPECT_NEAR(drift.p_value, std::erfc(15 / std::sqrt((8 * 7 * 21 - 2 * 4 * 3 * 13) / 18.0) / std::sqrt(2.0)),
              1e-15);
}

TEST(Drift, LongSeriesAreReducedToBlocks) {
  std::vector<double> samples = noise(100000);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] += 1e-4 * static_cast<double>(i);
  const Drift drift = find_drift(samples);
  EXPECT_NEAR(drift.relative_change, 10.0 / 115, 0.005);
  EXPECT_LT(drift.p_value, 1e-6);
}

}  // namespace
}  // namespace medbench
