#include "job/restarts.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace medbench {
namespace {

using ::testing::ElementsAre;

Result of(std::initializer_list<double> times, double tokens_per_second) {
  Result result;
  result.status = Status::Ok;
  for (const double ms : times) result.samples.push_back({.ms = ms});
  fill_latency_metrics(result.metrics, result.samples);
  result.metrics.set("tokens_per_second", tokens_per_second);
  result.metrics.set("memory_usage_mb.cpu_rss_peak_mb", times.begin()[0]);
  return result;
}

TEST(Restarts, KeepTheSamplesOfAllProcesses) {
  Result whole = of({10, 10, 10}, 300);
  add_process(whole, of({20, 20, 20}, 150));
  add_process(whole, of({10, 11, 12}, 270));
  EXPECT_EQ(whole.samples.size(), 9U);
  EXPECT_EQ(whole.samples[3], (Sample{.ms = 20, .process = 1}));
  EXPECT_EQ(whole.samples[8], (Sample{.ms = 12, .process = 2}));
  EXPECT_THAT(process_medians_ms(whole.samples), ElementsAre(10, 20, 11));
  EXPECT_EQ(whole.metrics.get("latency_ms.p50"), 11);
  EXPECT_EQ(whole.metrics.get("processes.n"), 3);
  EXPECT_EQ(whole.metrics.get("memory_usage_mb.cpu_rss_peak_mb"), 20);
  // 300 x 0.03 s + 150 x 0.06 s + 270 x 0.033 s, over 0.123 s.
  EXPECT_NEAR(*whole.metrics.get("tokens_per_second"), 26.91 / 0.123, 1e-9);
}

TEST(Restarts, TellTheSpreadBetweenFromThatWithin) {
  Result whole = of({10, 10, 10, 10}, 1);
  add_process(whole, of({20, 20, 20, 20}, 1));
  EXPECT_NEAR(*whole.metrics.get("processes.spread_between"), 0.4901, 1e-4);  // ln 2 / sqrt 2
  EXPECT_EQ(whole.metrics.get("processes.spread_within"), 0);
  Result other = of({9, 10, 11}, 1);
  add_process(other, of({9, 10, 11}, 1));
  EXPECT_EQ(other.metrics.get("processes.spread_between"), 0);
  EXPECT_NEAR(*other.metrics.get("processes.spread_within"), 0.14826, 1e-9);
}

TEST(Restarts, AFailureIsThatOfTheRow) {
  Result whole = of({10, 10}, 1);
  Result failed = of({11}, 1);
  failed.status = Status::Crashed;
  failed.failure = Failure{.kind = "signal", .stage = Stage::Run, .message = "SIGSEGV", .stderr_tail = {}};
  add_process(whole, std::move(failed));
  EXPECT_EQ(whole.status, Status::Crashed);
  EXPECT_EQ(whole.failure.value().message, "SIGSEGV");
  EXPECT_EQ(whole.samples.size(), 3U);
}

TEST(LogRatioOfTurns, IsTheMedianOfTheTurnsThatBothHad) {
  const auto of = [](std::initializer_list<double> turns) {
    std::vector<Sample> samples;
    std::uint32_t turn = 0;
    for (const double ms : turns) samples.push_back({.ms = ms, .turn = turn++});
    return samples;
  };
  EXPECT_NEAR(*log_ratio_of_turns(of({20, 22, 90}), of({10, 11, 10, 5})), std::log(2.0), 1e-12);
  EXPECT_FALSE(log_ratio_of_turns({}, of({1})));
}

// Batches of 10 and 40 ms; the slower side did not come to the second in its turn, or to it alone.
TEST(LogRatioOfTurns, ComparesBatchesThatBothRan) {
  const std::vector<Sample> fast{{.ms = 10, .slot = 0}, {.ms = 40, .slot = 1}, {.ms = 10, .slot = 0}};
  const std::vector<Sample> slow{{.ms = 11, .slot = 0}};
  EXPECT_NEAR(*log_ratio_of_turns(slow, fast), std::log(1.1), 1e-12);
  EXPECT_NEAR(*log_ratio_of_turns(fast, slow), -std::log(1.1), 1e-12);
}

TEST(MeanOverBatches, CountsEachBatchAlike) {
  const std::vector<Sample> samples{{.ms = 10, .slot = 0}, {.ms = 40, .slot = 1}, {.ms = 20, .slot = 0}};
  EXPECT_DOUBLE_EQ(mean_over_batches_ms(samples), 27.5);
  EXPECT_EQ(mean_over_batches_ms({}), 0);
}

TEST(RelativeTimes, AreOverTheMedianOfTheBatch) {
  const std::vector<Sample> samples{
      {.ms = 10, .slot = 0}, {.ms = 40, .slot = 1}, {.ms = 30, .slot = 0}, {.ms = 0, .slot = 2}};
  EXPECT_THAT(relative_times(samples), ElementsAre(0.5, 1, 1.5, 1));
}

TEST(TurnLevels, AreOverTheMediansOfTheBatches) {
  const std::vector<Sample> samples{{.ms = 10, .turn = 0, .slot = 0},
                                    {.ms = 40, .turn = 0, .slot = 1},
                                    {.ms = 12, .turn = 1, .slot = 0},
                                    {.ms = 10, .turn = 2, .slot = 0},
                                    {.ms = 99, .process = 1}};
  EXPECT_THAT(turn_levels(samples), ElementsAre(ElementsAre(1, 1.2, 1), ElementsAre(1)));
}

}  // namespace
}  // namespace medbench
