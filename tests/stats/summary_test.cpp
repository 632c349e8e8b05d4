#include "stats/summary.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "base/error.hpp"
#include "stats/moments.hpp"
#include "stats/outliers.hpp"

namespace medbench {
namespace {

TEST(Moments, OfNothingAreAbsent) {
  EXPECT_FALSE(mean({}));
  EXPECT_FALSE(sample_stdev({}));
  EXPECT_FALSE(median({}));
}

TEST(Moments, OfOneSample) {
  const std::vector<double> one{4};
  EXPECT_EQ(mean(one), 4);
  EXPECT_FALSE(sample_stdev(one));
  EXPECT_EQ(median(one), 4);
}

TEST(Moments, KnownValues) {
  const std::vector<double> samples{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_EQ(mean(samples), 5);
  EXPECT_DOUBLE_EQ(*sample_stdev(samples), std::sqrt(32.0 / 7.0));
  EXPECT_EQ(median(samples), 4.5);
}

TEST(Moments, StdevSurvivesALargeMean) {
  const std::vector<double> samples{1e9 + 1, 1e9 + 2, 1e9 + 3};
  EXPECT_DOUBLE_EQ(*sample_stdev(samples), 1.0);
}

TEST(Outliers, AreScoredByTheMad) {
  const std::vector<double> samples{10, 11, 9, 10, 12, 8, 10, 30};
  EXPECT_EQ(median_absolute_deviation(samples), 1);
  EXPECT_DOUBLE_EQ(modified_z_scores(samples)[7], 0.6745 * 20);
  EXPECT_EQ(find_outliers(samples), (std::vector<std::size_t>{7}));
}

TEST(Outliers, ZeroMadFallsBackToTheMeanDeviation) {
  std::vector<double> samples(9, 5.0);
  EXPECT_TRUE(find_outliers(samples).empty());
  samples.push_back(15);  // mean absolute deviation 1, score 10 / 1.253314
  EXPECT_NEAR(modified_z_scores(samples)[9], 7.97884, 1e-5);
  EXPECT_EQ(find_outliers(samples), (std::vector<std::size_t>{9}));
}

TEST(Summary, OfNothing) {
  const Summary summary = summarize({});
  EXPECT_EQ(summary.n, 0U);
  EXPECT_FALSE(summary.min || summary.max || summary.mean || summary.stdev || summary.median || summary.mad);
  EXPECT_FALSE(summary.ci95 || summary.lag1);
  EXPECT_EQ(summary.effective, 0);
}

TEST(Summary, OfOneSample) {
  const std::vector<double> one{3};
  const Summary summary = summarize(one);
  EXPECT_EQ(summary.min, 3);
  EXPECT_EQ(summary.max, 3);
  EXPECT_EQ(summary.mad, 0);
  EXPECT_FALSE(summary.stdev);
  EXPECT_FALSE(summary.ci95);
}

TEST(Summary, CorrelationWidensTheInterval) {
  std::vector<double> shuffled;
  for (int i = 0; i < 400; ++i) shuffled.push_back(i * 167 % 400);
  std::vector<double> waves;  // the same values, half a wave after the other
  for (int i = 0; i < 400; ++i) waves.push_back((i / 20 % 2 == 0 ? i % 20 : 39 - i % 20) * 10 + i / 40);
  const Summary independent = summarize(shuffled);
  const Summary correlated = summarize(waves);
  EXPECT_EQ(independent.median, correlated.median);
  EXPECT_LT(*independent.lag1, 0.1);
  EXPECT_GT(*correlated.lag1, 0.9);
  EXPECT_LT(correlated.effective, independent.effective / 4);
  EXPECT_GT(correlated.ci95->high - correlated.ci95->low,
            2 * (independent.ci95->high - independent.ci95->low));
}

TEST(Summary, PercentilesAppearAtTheirSampleCount) {
  std::vector<double> samples;
  for (int i = 1; i <= 63; ++i) samples.push_back(i);
  EXPECT_FALSE(summarize(samples).percentiles[0]);
  samples.push_back(64);
  EXPECT_EQ(summarize(samples).percentiles[0], 58);
  EXPECT_FALSE(summarize(samples).percentiles[1]);
}

TEST(Summary, RefusesWhatIsNoNumber) {
  const std::vector<double> nan{1, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<double> infinite{std::numeric_limits<double>::infinity()};
  EXPECT_THROW(summarize(nan), Error);
  EXPECT_THROW(summarize(infinite), Error);
}

}  // namespace
}  // namespace medbench
