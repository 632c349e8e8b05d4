// What the loop tells its observer, and when.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "measure/loop.hpp"
#include "tests/measure/testing.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

TEST(LoopReports, AskingTheDeviceTimerIsNotTimed) {
  Bench bench({10});
  bench.backend.device_ms = 8;
  bench.backend.device_query_ms = 100;
  const Measurement m = bench.measure({.warmup_iterations = 1, .num_iterations = 3});
  EXPECT_THAT(latencies_ms(m.samples), ElementsAre(10, 10, 10));
  EXPECT_THAT(device_latencies_ms(m.samples), ElementsAre(8, 8, 8));
}

TEST(LoopReports, ProgressComesAtMostEveryHundredMillisecondsAndIsNotTimed) {
  Bench bench({40});
  bench.observer.clock = &bench.clock;  // each call of the observer takes a second
  const Measurement m = bench.measure({.warmup_iterations = 0, .num_iterations = 7});
  EXPECT_THAT(latencies_ms(m.samples), ElementsAre(40, 40, 40, 40, 40, 40, 40));
  ASSERT_FALSE(bench.observer.reports.empty());
  const ProgressEvent& first = bench.observer.reports.front();
  EXPECT_EQ(first.stage, Stage::Run);
  EXPECT_EQ(first.done, 3);  // 120 ms
  EXPECT_EQ(first.planned, 7);
  EXPECT_EQ(first.latency_ms, 40);
  EXPECT_DOUBLE_EQ(first.fraction, 3.0 / 7);
}

TEST(LoopReports, ProgressWithoutObserverTimeIsThrottledExactly) {
  Bench bench({40});
  bench.measure({.warmup_iterations = 0, .num_iterations = 10});
  std::vector<std::int64_t> done;
  for (const auto& report : bench.observer.reports) done.push_back(report.done);
  EXPECT_THAT(done, ElementsAre(3, 6, 9));
}

TEST(LoopReports, ShortPassesThatAreTimedReportNoProgress) {
  Bench bench({19});
  bench.measure({.warmup_iterations = 20, .num_iterations = 100});
  for (const auto& report : bench.observer.reports) EXPECT_EQ(report.stage, Stage::Warmup);
  EXPECT_FALSE(bench.observer.reports.empty());
}

TEST(LoopReports, AShortPassThatWasHeldUpReportsNoProgress) {
  Bench bench({1, 1, 150});
  bench.measure({.warmup_iterations = 0, .num_iterations = 30});
  EXPECT_TRUE(bench.observer.reports.empty());
}

TEST(LoopReports, ProgressOfTheStoppingRuleGoesByTime) {
  Bench bench({100, 300});
  bench.measure({.warmup_iterations = 0, .time_budget_s = 4});
  EXPECT_EQ(bench.observer.reports.front().planned, 0);
  EXPECT_DOUBLE_EQ(bench.observer.reports.front().fraction, 100.0 / 4000);
}

TEST(LoopReports, AnnouncesStagesBetweenIterations) {
  Bench bench({1});
  bench.measure({.warmup_iterations = 1, .num_iterations = 2});
  // Each with the number of calls that the backend had seen by then.
  EXPECT_THAT(bench.observer.stages, ElementsAre("warmup after 0", "run after 2", "measured after 6"));
}

TEST(LoopReports, SamplesSayTheirSlot) {
  Bench bench({1});
  const Measurement m = bench.measure({.warmup_iterations = 2, .num_iterations = 3});
  const auto at = [](std::uint32_t slot) { return Sample{.ms = 1, .slot = slot}; };
  EXPECT_THAT(m.samples, ElementsAre(at(2), at(0), at(1)));
}

TEST(LoopReports, HandsSamplesOverEveryTwoSecondsAndWhenItFails) {
  Bench bench({900});
  bench.backend.throw_after = 5;
  EXPECT_THROW(bench.measure({.warmup_iterations = 0, .num_iterations = 50}), std::runtime_error);
  EXPECT_EQ(bench.observer.handed_over.size(), 5U);
  Bench whole({1, 2});
  whole.measure({.warmup_iterations = 1, .num_iterations = 4});
  EXPECT_THAT(whole.observer.handed_over, ElementsAre(2, 1, 2, 1));
}

}  // namespace
}  // namespace medbench
