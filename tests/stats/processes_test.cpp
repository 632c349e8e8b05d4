#include "stats/processes.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace medbench {
namespace {

using Values = std::vector<double>;

Values exponentials(Values logs) {
  for (double& value : logs) value = std::exp(value);
  return logs;
}

// Logarithms 0.1, 0.12, 0.14 and 0, 0.01, 0.02, 0.03: variances of the means 0.0004 / 3 and 0.0005 / 12,
// so 3.234719 degrees and a t of 3.055713.
TEST(CompareProcesses, IsWelchsTestOnLogarithms) {
  const Values candidate = exponentials({0.1, 0.12, 0.14});
  const Values baseline = exponentials({0, 0.01, 0.02, 0.03});
  const ProcessComparison result = compare_processes(candidate, baseline);
  EXPECT_EQ(result.verdict, Verdict::Slower);
  EXPECT_TRUE(result.reason.empty());
  EXPECT_EQ(result.candidates, 3U);
  EXPECT_EQ(result.baselines, 4U);
  EXPECT_NEAR(*result.ratio, std::exp(0.105), 1e-12);
  const double half = std::log(result.interval->high) - 0.105;
  EXPECT_NEAR(half, 3.05571271043 * std::sqrt(0.0004 / 3 + 0.0005 / 12), 1e-9);
  EXPECT_NEAR(std::log(result.interval->low), 0.105 - half, 1e-12);
  EXPECT_GT(*result.detectable, std::expm1(half));
  EXPECT_EQ(compare_processes(baseline, candidate).verdict, Verdict::Faster);
}

TEST(CompareProcesses, SameAndUndecided) {
  const ProcessComparison same = compare_processes(Values{10, 10.01, 10.02}, Values{10.01, 10.02, 10});
  EXPECT_EQ(same.verdict, Verdict::Same);
  const ProcessComparison open = compare_processes(Values{10, 11, 12}, Values{10.1, 11.5, 12});
  EXPECT_EQ(open.verdict, Verdict::Undecided);
  EXPECT_TRUE(open.ratio && open.interval);
  EXPECT_NE(open.reason.find("3 and 3 processes with this spread show differences from"), std::string::npos);
  const ProcessComparison equal = compare_processes(Values{10, 10, 10}, Values{10, 10, 10});
  EXPECT_EQ(equal.verdict, Verdict::Same);
  EXPECT_EQ(equal.detectable, 0);
}

TEST(CompareProcesses, NeedsThreeASide) {
  const ProcessComparison result = compare_processes(Values{1, 1}, Values{2, 2, 2});
  EXPECT_EQ(result.verdict, Verdict::Undecided);
  EXPECT_EQ(result.reason, "it takes 3 processes a side, and there are 2 and 3");
  EXPECT_FALSE(result.ratio || result.interval || result.detectable);
  EXPECT_FALSE(compare_processes({}, {}).reason.empty());
}

TEST(CompareProcesses, RefusesWhatIsNoLatency) {
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    const ProcessComparison result = compare_processes(Values{1, 1, bad}, Values{2, 2, 2});
    EXPECT_EQ(result.reason, "a median is not a number above zero");
    EXPECT_FALSE(result.ratio);
  }
}

TEST(CompareProcesses, DriftWidensOnlyWithoutTurns) {
  const Values candidate{10.5, 10.51, 10.52};
  const Values baseline{10, 10.01, 10.02};
  ProcessTestOptions options{.candidate_drift = 0.03, .baseline_drift = 0.03};
  EXPECT_EQ(compare_processes(candidate, baseline, options).verdict, Verdict::Slower);
  options.took_turns = false;
  const ProcessComparison widened = compare_processes(candidate, baseline, options);
  EXPECT_EQ(widened.verdict, Verdict::Undecided);
  EXPECT_GT(*widened.detectable, 0.1);
  options.candidate_drift = 0;
  options.baseline_drift = 0;
  EXPECT_EQ(compare_processes(candidate, baseline, options).verdict, Verdict::Slower);
}

TEST(DriftOverLife, IsTwiceTheChangeBetweenHalves) {
  EXPECT_EQ(drift_over_life({}), 0);
  EXPECT_NEAR(drift_over_life(std::vector<Values>{exponentials({0, 0.02})}), 0.04, 1e-12);
  const std::vector<Values> steps{
      exponentials({0, 0, 0, 0.03, 0.03, 0.03}), exponentials({0, 0, 0, 9, 0.04, 0.04, 0.04}), {1}, {1, 0}};
  EXPECT_NEAR(drift_over_life(steps), std::sqrt((0.06 * 0.06 + 0.08 * 0.08) / 2), 1e-9);
}

TEST(DriftOverLife, NoiseOfTurnsIsNoDrift) {
  EXPECT_EQ(drift_over_life(std::vector<Values>{exponentials({0, 0.02, 0, 0.02, 0.01, 0.02})}), 0);
}

}  // namespace
}  // namespace medbench
