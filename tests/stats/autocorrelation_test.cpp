#include "stats/autocorrelation.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "stats/interval.hpp"
#include "stats/percentile.hpp"
#include "tests/stats/noise.hpp"

namespace medbench {
namespace {

std::vector<double> series(Random& random, double rho, std::size_t n) {
  Autoregressive noise(random, rho);
  std::vector<double> values(n);
  for (double& value : values) value = 100 + noise.next();
  return values;
}

double effective(const std::vector<double>& samples) {
  return effective_samples(samples, sorted(samples));
}

TEST(Lag1, FindsTheCorrelationOfNeighbours) {
  Random random(1);
  for (const double rho : {0.0, 0.5, 0.9}) {
    EXPECT_NEAR(*lag1_correlation(series(random, rho, 20000)), rho, 0.03) << rho;
  }
  std::vector<double> alternating;
  alternating.reserve(100);
  for (int i = 0; i < 100; ++i) alternating.push_back(i % 2);
  EXPECT_LT(*lag1_correlation(alternating), -0.9);
}

TEST(Lag1, IsNotTheWorkOfAnOutlier) {
  Random random(2);
  std::vector<double> correlated = series(random, 0.9, 500);
  correlated[250] = 1e9;
  EXPECT_GT(*lag1_correlation(correlated), 0.8);
  std::vector<double> independent = series(random, 0, 500);
  independent[250] = 1e9;
  independent[251] = 1e9;
  EXPECT_LT(std::abs(*lag1_correlation(independent)), 0.15);
}

TEST(Lag1, AbsentWhereItMeansNothing) {
  EXPECT_FALSE(lag1_correlation({}));
  EXPECT_FALSE(lag1_correlation(std::vector<double>{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_FALSE(lag1_correlation(std::vector<double>(100, 3.0)));
}

// (1 + rho) / (1 - rho) for this noise.
TEST(CorrelationTime, OfAutoregressiveNoise) {
  Random random(3);
  for (const double rho : {0.5, 0.9, 0.97}) {
    double sum = 0;
    for (int i = 0; i < 20; ++i) sum += correlation_time(series(random, rho, 20000)).tau;
    EXPECT_NEAR(sum / 20 / ((1 + rho) / (1 - rho)), 1, 0.1) << rho;
  }
}

// By blocks: the correlations end after thousands of lags.
TEST(CorrelationTime, OfVerySlowNoise) {
  Random random(4);
  double sum = 0;
  for (int i = 0; i < 5; ++i) sum += correlation_time(series(random, 0.999, 400000)).tau;
  EXPECT_NEAR(sum / 5 / 1999, 1, 0.25);
}

TEST(CorrelationTime, OneForIndependentAlternatingAndConstantValues) {
  Random random(5);
  double sum = 0;
  for (int i = 0; i < 100; ++i) {
    const CorrelationTime time = correlation_time(series(random, 0, 200));
    EXPECT_GE(time.tau, 1);
    sum += time.tau;
  }
  EXPECT_LT(sum / 100, 1.15);
  std::vector<double> alternating;
  alternating.reserve(100);
  for (int i = 0; i < 100; ++i) alternating.push_back(i % 2);
  EXPECT_EQ(correlation_time(alternating).tau, 1);
  EXPECT_EQ(correlation_time(std::vector<double>(50, 2.0)).tau, 1);
  EXPECT_EQ(correlation_time({}).tau, 1);
}

TEST(CorrelationTime, IsKnownTheWorseTheLongerItIs) {
  Random random(6);
  EXPECT_GT(correlation_time(series(random, 0.5, 1000)).degrees,
            correlation_time(series(random, 0.97, 1000)).degrees);
  std::vector<double> line(100);
  std::iota(line.begin(), line.end(), 0.0);
  EXPECT_LE(correlation_time(line).degrees, 1.5);
}

TEST(EffectiveSamples, AreNearlyAllOfIndependentOnes) {
  Random random(7);
  for (const std::size_t n : {10U, 40U, 1000U, 20000U}) {
    double sum = 0;
    for (int i = 0; i < 30; ++i) sum += effective(series(random, 0, n));
    EXPECT_GT(sum / 30, 0.85 * static_cast<double>(n)) << n;
    EXPECT_LE(sum / 30, static_cast<double>(n)) << n;
  }
  EXPECT_EQ(effective({}), 0);
  EXPECT_EQ(effective(std::vector<double>{1}), 1);
  EXPECT_EQ(effective(std::vector<double>(100, 1.0)), 100);
}

TEST(EffectiveSamples, AreFewWhereNeighboursAreAlike) {
  Random random(8);
  // Below the median or not: correlations of 2 / pi asin(0.9^k), whose sum is 13.2.
  EXPECT_NEAR(effective(series(random, 0.9, 50000)) * 13.2 / 50000, 1, 0.35);
  std::vector<double> line(200);
  std::iota(line.begin(), line.end(), 0.0);
  EXPECT_LT(effective(line), 6);
  EXPECT_LT(effective(std::vector<double>(line.begin(), line.begin() + 12)), 6);
}

TEST(EffectiveSamples, SeeAModeThatWasSeldom) {
  Random random(9);
  std::vector<double> samples = series(random, 0, 400);
  const double before = effective(samples);
  for (std::size_t i = 100; i < 150; ++i)
    samples[i] += 100;  // an eighth of the time: the median hardly moves
  EXPECT_LT(effective(samples), before / 10);
}

TEST(EffectiveSamples, OutliersChangeThemLittle) {
  Random random(10);
  std::vector<double> samples = series(random, 0.5, 1000);
  const double before = effective(samples);
  for (const std::size_t at : {10U, 400U, 700U}) samples[at] = 1e9;
  EXPECT_NEAR(effective(samples) / before, 1, 0.1);
}

// How often the widened interval holds the median of the distribution, and whether it is said at all.
TEST(EffectiveSamples, WidenTheIntervalToCover) {
  struct Case {
    double rho;
    std::size_t n;
    double least_share;    // with an interval
    double least_covered;  // of those
  };
  for (const Case& c : {Case{0, 12, 0.97, 0.94}, Case{0, 40, 0.94, 0.94}, Case{0, 100, 0.97, 0.95},
                        Case{0.5, 100, 0.9, 0.95}, Case{0.5, 400, 0.99, 0.95}, Case{0.9, 400, 0.8, 0.95}}) {
    Random random(11);
    int with_interval = 0;
    int covered = 0;
    constexpr int kRuns = 1000;
    for (int i = 0; i < kRuns; ++i) {
      const std::vector<double> samples = series(random, c.rho, c.n);
      const auto interval = widened_median_interval(sorted(samples), effective(samples));
      if (!interval) continue;
      ++with_interval;
      covered += interval->low <= 100 && 100 <= interval->high ? 1 : 0;
    }
    EXPECT_GE(with_interval, c.least_share * kRuns) << c.rho << " " << c.n;
    EXPECT_GE(covered, c.least_covered * with_interval) << c.rho << " " << c.n;
  }
}

}  // namespace
}  // namespace medbench
