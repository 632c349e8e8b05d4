#include "stats/binomial.hpp"

#include <cmath>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "stats/beta.hpp"

namespace medbench {
namespace {

struct Known {
  std::uint64_t successes;
  std::uint64_t trials;
  Interval interval;
};
// Of scipy.stats.beta.ppf at 2.5 and 97.5 %.
constexpr Known kKnown[] = {
    {0, 1, {0, 0.975}},
    {1, 2, {0.01257911709342506, 0.9874208829065749}},
    {0, 52, {0, 0.06848220870331956}},
    {52, 52, {0.9315177912966804, 1}},
    {3, 1000, {0.0006190999316495715, 0.008742023238478303}},
    {12, 1000, {0.0062155255595952455, 0.02086767959103641}},
    {500, 1000, {0.468549172971792, 0.531450827028208}},
    {5000, 10'000'000, {0.00048623924128544124, 0.0005140512819271487}},
};

TEST(ClopperPearson, Intervals) {
  for (const Known& row : kKnown) {
    const Interval interval = clopper_pearson(row.successes, row.trials);
    const double rounding = row.trials > 1'000'000 ? 1e-7 : 1e-10;
    EXPECT_NEAR(interval.low, row.interval.low, rounding * row.interval.low) << row.successes;
    EXPECT_NEAR(interval.high, row.interval.high, rounding * row.interval.high) << row.successes;
  }
}

TEST(ClopperPearson, WithoutSuccessesTheUpperEndHasAFormula) {
  for (const std::uint64_t trials : {1U, 7U, 300U, 1'000'000U}) {
    const double known = -std::expm1(std::log(0.005) / static_cast<double>(trials));
    EXPECT_NEAR(clopper_pearson(0, trials, 0.99).high, known, 1e-9 * known);
  }
}

TEST(ClopperPearson, RefusesWhatIsNoCount) {
  EXPECT_THROW(clopper_pearson(0, 0), Error);
  EXPECT_THROW(clopper_pearson(3, 2), Error);
}

TEST(IncompleteBeta, HasTheFormulasOfSmallParameters) {
  for (const double x : {0.0, 0.001, 0.3, 0.5, 0.9, 1.0}) {
    EXPECT_NEAR(incomplete_beta(x, 1, 1), x, 1e-15);
    EXPECT_NEAR(incomplete_beta(x, 3, 1), x * x * x, 1e-14);
    EXPECT_NEAR(incomplete_beta(x, 2, 2), x * x * (3 - 2 * x), 1e-14);
  }
  EXPECT_THROW(incomplete_beta(1.1, 1, 1), Error);
  EXPECT_THROW(incomplete_beta(0.5, 0, 1), Error);
}

}  // namespace
}  // namespace medbench
