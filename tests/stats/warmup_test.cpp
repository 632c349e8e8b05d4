#include "stats/warmup.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>
#include <vector>

#include "tests/stats/noise.hpp"

namespace medbench {
namespace {

std::vector<double> steady(std::size_t n) {
  return std::vector<double>(n, 10.0);
}

// Of passes that come back to back.
struct Warmed {
  std::size_t passes = 0;
  double ms = 0;
};
template <typename Next>
Warmed warm_up(const Next& next, const WarmupSettings& settings) {
  std::vector<double> times_ms;
  Warmed warmed;
  while (!is_warm(times_ms, warmed.ms / 1e3, settings)) {
    times_ms.push_back(next(warmed.ms));
    warmed.ms += times_ms.back();
    ++warmed.passes;
  }
  return warmed;
}

TEST(Warmup, TakesItsLeastTime) {
  EXPECT_EQ(warm_up([](double) { return 1.0; }, {}).ms, 250);
  EXPECT_EQ(warm_up([](double) { return 1.0; }, {.least_s = 1}).ms, 1000);
}

TEST(Warmup, NeedsNinePassesOfASlowProgram) {
  EXPECT_EQ(warm_up([](double) { return 100.0; }, {}).passes, 9U);
}

TEST(Warmup, EndsWithItsMostWhateverComes) {
  EXPECT_EQ(warm_up([](double ms) { return 2000 - ms / 10; }, {}).passes, 3U);
  EXPECT_EQ(warm_up([](double) { return 100.0; }, {.least_s = 1, .most_s = 0.3}).passes, 3U);
  EXPECT_FALSE(is_warm({}, 100, {}));
  EXPECT_TRUE(is_warm(steady(1), 5, {}));
}

// Latency falls from 1.3 times its last value with a time constant of 0.3 s; what is left of it at the end.
double mean_rest_of_a_fall(double deviation) {
  constexpr int kRuns = 30;
  double sum = 0;
  for (int run = 0; run < kRuns; ++run) {
    Random random(static_cast<std::uint64_t>(run));
    const auto rest = [](double ms) { return 0.3 * std::exp(-ms / 300); };
    const Warmed warmed = warm_up(
        [&](double ms) { return 4 * (1 + rest(ms)) * (1 + deviation * random.normal()); }, {.most_s = 10});
    EXPECT_LT(warmed.ms, 5000) << run;
    sum += rest(warmed.ms);
  }
  return sum / kRuns;
}

TEST(Warmup, WaitsForAFallToEnd) {
  EXPECT_LT(mean_rest_of_a_fall(0), 0.01);
  EXPECT_LT(mean_rest_of_a_fall(0.01), 0.01);
  EXPECT_LT(mean_rest_of_a_fall(0.03), 0.05);
}

TEST(Warmup, StepInTheWindowIsNotSteady) {
  std::vector<double> times = steady(200);
  std::fill(times.begin(), times.begin() + 150, 11.0);  // the window begins at 100
  EXPECT_FALSE(is_warm(times, 2, {}));
  EXPECT_TRUE(is_warm(steady(200), 2, {}));
}

TEST(Warmup, NoiseAloneDoesNotKeepItGoing) {
  for (const double rho : {0.0, 0.5, 0.9}) {
    double total_ms = 0;
    for (int run = 0; run < 100; ++run) {
      Random random(static_cast<std::uint64_t>(run));
      Autoregressive noise(random, rho);
      total_ms += warm_up([&](double) { return std::exp(0.1 * noise.next()); }, {}).ms;
    }
    EXPECT_LT(total_ms / 100, 400) << rho;
  }
}

TEST(Steady, NeedsEight) {
  EXPECT_FALSE(is_steady(steady(7)));
  EXPECT_TRUE(is_steady(steady(8)));
  EXPECT_FALSE(is_steady(std::vector<double>{9, 8, 7, 6, 5, 4, 3, 2}));
}

TEST(Steady, LooksOverAllOfALongWindow) {
  std::vector<double> rising(100000);
  std::iota(rising.begin(), rising.end(), 1e6);
  EXPECT_FALSE(is_steady(rising));
  EXPECT_TRUE(is_steady({rising.data(), 5000}));  // 0.5 %
}

}  // namespace
}  // namespace medbench
