#include "stats/pairs.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "base/error.hpp"

namespace medbench {
namespace {

// Around `center`, with a standard deviation of about `deviation`.
std::vector<double> pairs(std::size_t n, double center, double deviation) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < n; ++i) ratios.push_back(center + (i % 2 == 0 ? deviation : -deviation));
  return ratios;
}

TEST(PairLogRatio, IsTheMedianOverTheTurns) {
  const std::vector<double> candidate{11, 22, 90};
  const std::vector<double> baseline{10, 20, 30};
  EXPECT_NEAR(*pair_log_ratio(candidate, baseline), std::log(1.1), 1e-12);
}

TEST(PairLogRatio, TurnsInTheOrderABBATakeADriftOut) {
  // A at 0, B at 1, B at 2, A at 3, ... with 1 % more at each turn.
  std::vector<double> a;
  std::vector<double> b;
  for (int i = 0; i < 8; ++i) {
    a.push_back(std::pow(1.01, 2 * i + i % 2));
    b.push_back(std::pow(1.01, 2 * i + 1 - i % 2));
  }
  EXPECT_NEAR(*pair_log_ratio(a, b), 0, 1e-12);
}

TEST(PairLogRatio, AbsentWhereThereIsNone) {
  const std::vector<double> one{1};
  EXPECT_FALSE(pair_log_ratio({}, {}));
  EXPECT_FALSE(pair_log_ratio(one, std::vector<double>{1, 2}));
  EXPECT_FALSE(pair_log_ratio(one, std::vector<double>{0}));
  EXPECT_FALSE(pair_log_ratio(std::vector<double>{-1}, one));
}

TEST(JudgePairs, SaysAtTheFirstLookWhatIsClear) {
  const PairComparison slower = judge_pairs(pairs(6, 0.1, 0.01));
  EXPECT_EQ(slower.verdict, Verdict::Slower);
  EXPECT_EQ(slower.next_look, 0U);
  EXPECT_EQ(slower.pairs, 6U);
  EXPECT_NEAR(*slower.ratio, std::exp(0.1), 1e-12);
  EXPECT_EQ(judge_pairs(pairs(6, -0.1, 0.01)).verdict, Verdict::Faster);
  EXPECT_EQ(judge_pairs(pairs(6, 0.001, 0.002)).verdict, Verdict::Same);
}

// 98.75 % for each look: t with 5 degrees is 3.810005, the 80 % quantile is 0.919544.
TEST(JudgePairs, EachLookHasAQuarterOfTheError) {
  const PairComparison result = judge_pairs(pairs(6, 0, 0.03));
  const double error = 0.03 * std::sqrt(6.0 / 5) / std::sqrt(6.0);
  EXPECT_NEAR(std::log(result.interval->high), 3.810005 * error, 1e-7);
  EXPECT_NEAR(std::log(result.interval->low), -3.810005 * error, 1e-7);
  EXPECT_NEAR(*result.detectable, std::expm1((3.810005 + 0.919544) * error), 1e-7);
  const std::size_t once[] = {6};
  EXPECT_NEAR(std::log(judge_pairs(pairs(6, 0, 0.03), {.looks = once}).interval->high), 2.570582 * error,
              1e-7);
}

TEST(JudgePairs, GoesOnAtTheLooksAndEnds) {
  const auto next = [](std::size_t n) { return judge_pairs(pairs(n, 0, 0.1)).next_look; };
  EXPECT_EQ(next(0), 6U);
  EXPECT_EQ(next(6), 9U);
  EXPECT_EQ(next(9), 13U);
  EXPECT_EQ(next(13), 20U);
  EXPECT_EQ(next(20), 0U);
  EXPECT_EQ(judge_pairs(pairs(20, 0, 0.1)).verdict, Verdict::Undecided);
}

TEST(JudgePairs, BetweenLooksThereIsNoVerdict) {
  const PairComparison between = judge_pairs(pairs(8, 0.5, 0.001));
  EXPECT_EQ(between.verdict, Verdict::Undecided);
  EXPECT_EQ(between.next_look, 9U);
  EXPECT_TRUE(between.interval && between.detectable);
  EXPECT_FALSE(judge_pairs(pairs(2, 0.5, 0.001)).ratio);
  EXPECT_EQ(judge_pairs(pairs(25, 0.5, 0.001)).verdict, Verdict::Slower);
}

TEST(JudgePairs, RefusesWhatIsNoRatio) {
  EXPECT_THROW(judge_pairs(std::vector<double>{0, std::numeric_limits<double>::quiet_NaN()}), Error);
}

}  // namespace
}  // namespace medbench
