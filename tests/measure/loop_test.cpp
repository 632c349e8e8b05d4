#include "measure/loop.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "tests/measure/testing.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

TEST(Loop, ObeysExactCounts) {
  Bench bench({5, 1, 2, 3});
  const Measurement m = bench.measure({.warmup_iterations = 1, .num_iterations = 4});
  EXPECT_THAT(m.warmup_ms, ElementsAre(5));
  EXPECT_THAT(latencies_ms(m.samples), ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(m.first_run_ms, 5);
  EXPECT_EQ(to_string(m.stop_rule), "iterations");
}

TEST(Loop, ExactCountsIgnoreTheBudget) {
  Bench bench({1000});
  const Measurement m = bench.measure({.warmup_iterations = 2, .num_iterations = 7, .time_budget_s = 0.001});
  EXPECT_EQ(m.warmup_ms.size(), 2U);
  EXPECT_EQ(m.samples.size(), 7U);
}

TEST(Loop, FirstRunIsTheFirstIterationWithoutWarmup) {
  Bench bench({9, 1});
  const Measurement m = bench.measure({.warmup_iterations = 0, .num_iterations = 2});
  EXPECT_TRUE(m.warmup_ms.empty());
  EXPECT_EQ(m.first_run_ms, 9);
}

TEST(Loop, WarmsUpUntilTheLaterPassesAreSteady) {
  std::vector<double> falling;
  for (int i = 0; i < 30; ++i) falling.push_back(40 - i);
  falling.insert(falling.end(), 100, 10);
  Bench bench(falling);
  const Measurement m = bench.measure({.num_iterations = 1, .least_warmup_s = 0});
  EXPECT_GT(m.warmup_ms.size(), 40U);
  EXPECT_LT(m.warmup_ms.size(), 100U);
}

TEST(Loop, WarmsUpAsLongAsItMust) {
  Bench cpu({10});
  EXPECT_EQ(cpu.measure({.num_iterations = 1}).warmup_ms.size(), 25U);
  Bench device({10});
  EXPECT_EQ(
      device.measure({.num_iterations = 1, .least_warmup_s = kLeastWarmupAcceleratorS}).warmup_ms.size(),
      100U);
}

TEST(Loop, RunsOnePassUntimedAfterTheSensorsWereRead) {
  std::vector<double> times(25, 10);
  times.insert(times.end(), {7, 2, 3});
  Bench bench(times);
  const Measurement m = bench.measure({.num_iterations = 2});
  EXPECT_EQ(m.warmup_ms.size(), 25U);
  EXPECT_THAT(latencies_ms(m.samples), ElementsAre(2, 3));
}

TEST(Loop, WarmupThatIsNeverSteadyEndsWithItsShareOfTheBudget) {
  Bench bench({100, 200});
  const Measurement m = bench.measure({.num_iterations = 1, .time_budget_s = 4});
  EXPECT_EQ(m.warmup_ms.size(), 7U);  // 1,000 ms of 4 s are over after 100 + 200 + ... + 100
}

TEST(Loop, StopsWhenTheMedianIsKnownAndEnoughTimeHasPassed) {
  Bench slow({10});
  const Measurement m = slow.measure({});
  EXPECT_EQ(m.samples.size() % 3, 0U) << "whole rounds";
  EXPECT_GE(m.samples.size(), 64U);
  EXPECT_LE(m.samples.size(), 128U);
  EXPECT_EQ(to_string(m.stop_rule), "interval");
  Bench fast({1});
  EXPECT_GE(fast.measure({}).samples.size(), 500U);
}

TEST(Loop, StopsWithTheBudgetWhenTheMedianStaysUnknown) {
  Bench bench({10, 20});
  const Measurement m = bench.measure({.warmup_iterations = 0, .time_budget_s = 1.5});
  EXPECT_EQ(m.samples.size(), 102U);  // the round that the budget ends in is made whole
  EXPECT_EQ(to_string(m.stop_rule), "budget");
}

TEST(Loop, ARoundIsCutWhereItGoesFarBeyondTheBudget) {
  Bench bench({1000});
  EXPECT_EQ(bench.measure({.warmup_iterations = 0, .time_budget_s = 1}).samples.size(), 2U);
}

TEST(Loop, MeasuresOnceEvenWithoutBudget) {
  for (const double budget : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    Bench bench({10, 20});
    const Measurement m = bench.measure({.time_budget_s = budget});
    EXPECT_EQ(m.warmup_ms.size(), 1U);
    EXPECT_EQ(m.samples.size(), 1U);
    EXPECT_EQ(to_string(m.stop_rule), "budget");
  }
}

TEST(Loop, BatchesOfDifferentSizeAreJudgedByTheirRounds) {
  Bench bench({10, 20, 30});
  for (std::size_t i = 0; i < 3; ++i) bench.batches[i].axes.set(Axis::Seq, static_cast<std::int64_t>(i + 1));
  const Measurement m = bench.measure({.time_budget_s = 100});
  EXPECT_EQ(to_string(m.stop_rule), "interval") << "the passes differ, their rounds do not";
  EXPECT_GE(m.samples.size(), 3U * 64);
  EXPECT_EQ(m.samples.size() % 3, 0U);
}

TEST(Loop, TakesTurns) {
  Bench bench({30});
  Loop loop(bench.backend, bench.clock, bench.batches,
            {.warmup_iterations = 1, .num_iterations = 14, .turn = TurnLength{.seconds = 0.2, .passes = 5}},
            bench.observer);
  EXPECT_FALSE(loop.take_turn());
  EXPECT_EQ(loop.measurement().samples.size(), 7U);  // 210 ms
  EXPECT_EQ(bench.observer.handed_over.size(), 7U);
  EXPECT_TRUE(loop.take_turn());
  const auto& samples = loop.measurement().samples;
  ASSERT_EQ(samples.size(), 14U);
  EXPECT_EQ(samples[6].turn, 0U);
  EXPECT_EQ(samples[7].turn, 1U);
  EXPECT_EQ(samples[7].slot, (samples[6].slot + 1) % 3);
  EXPECT_EQ(loop.measurement().warmup_ms.size(), 1U);
  EXPECT_EQ(bench.backend.calls.size(), 2U * (1 + 7 + 1 + 7)) << "one pass untimed before the second turn";
  EXPECT_THAT(bench.observer.stages, ElementsAre("warmup after 0", "run after 2", "measured after 16",
                                                 "run after 16", "measured after 32"));
}

TEST(Loop, ATurnHasFivePassesAtLeast) {
  Bench bench({1000});
  Loop loop(bench.backend, bench.clock, bench.batches, {.num_iterations = 20, .turn = TurnLength{}},
            bench.observer);
  loop.take_turn();
  EXPECT_EQ(loop.measurement().samples.size(), 5U);
}

// Each round rises from 10 to 30 ms and is like the one before: nothing to warm up for.
TEST(Loop, BatchesOfDifferentSizeWarmUpByComparisonWithThemselves) {
  Bench bench({10, 20, 30});
  for (std::size_t i = 0; i < 3; ++i) bench.batches[i].axes.set(Axis::Seq, static_cast<std::int64_t>(i + 1));
  const Measurement m = bench.measure({.num_iterations = 1, .time_budget_s = 100});
  EXPECT_EQ(m.warmup_ms.size() % 3, 0U) << "whole rounds";
  EXPECT_GE(m.warmup_ms.size(), 14U) << "0.25 s and a window of eight passes";
  EXPECT_LE(m.warmup_ms.size(), 18U);
}

TEST(Loop, BatchesOfDifferentSizeWarmUpTwiceEach) {
  Bench bench({100});
  for (std::int64_t value = 3; value < 25; ++value) bench.batches.push_back(batch_of(value));
  for (std::size_t i = 0; i < 25; ++i) bench.batches[i].axes.set(Axis::Seq, static_cast<std::int64_t>(i + 1));
  EXPECT_EQ(bench.measure({.num_iterations = 1, .time_budget_s = 100}).warmup_ms.size(), 50U);
  EXPECT_EQ(bench.measure({.num_iterations = 1, .time_budget_s = 8}).warmup_ms.size(), 20U)
      << "a quarter of the budget";
}

TEST(Loop, EndlessBudgetAndCountDoNotOverflow) {
  Bench bench({10});
  EXPECT_EQ(to_string(bench.measure({.time_budget_s = std::numeric_limits<double>::infinity()}).stop_rule),
            "interval");
  Bench throwing({10});
  throwing.backend.throw_after = 20;
  EXPECT_THROW(throwing.measure({.num_iterations = std::numeric_limits<std::int64_t>::max()}),
               std::runtime_error);
}

TEST(Loop, RotatesInputsAcrossWarmupAndMeasurement) {
  Bench bench({1});
  bench.measure({.warmup_iterations = 2, .num_iterations = 3});
  EXPECT_THAT(bench.backend.calls, ElementsAre("enqueue 0", "wait 0", "enqueue 1", "wait 1", "enqueue 2",
                                               "wait 2", "enqueue 0", "wait 0", "enqueue 1", "wait 1"));
}

TEST(Loop, HostRegionWritesAndReads) {
  Bench bench({10});
  bench.backend.write_ms = 2;
  bench.backend.read_ms = 3;
  const Measurement m =
      bench.measure({.warmup_iterations = 0, .num_iterations = 2, .region = TimedRegion::Host});
  EXPECT_THAT(latencies_ms(m.samples), ElementsAre(15, 15));
  EXPECT_THAT(bench.backend.calls, ElementsAre("write 0 to 0", "enqueue 0", "wait 0", "read 0",
                                               "write 1 to 1", "enqueue 1", "wait 1", "read 1"));
}

TEST(Loop, DeviceRegionCountsNeitherWritingNorReading) {
  Bench bench({10});
  bench.backend.write_ms = 2;
  bench.backend.read_ms = 3;
  EXPECT_THAT(latencies_ms(bench.measure({.warmup_iterations = 0, .num_iterations = 1}).samples),
              ElementsAre(10));
}

TEST(Loop, RefusesToRunWithoutInputs) {
  Bench bench({1});
  bench.batches.clear();
  EXPECT_THROW(bench.measure({}), Error);
}

TEST(Loop, SettingsComeFromTheJob) {
  Job job;
  job.protocol.num_iterations = 5;
  job.protocol.time_budget_s = 3;
  job.protocol.region = TimedRegion::Host;
  const LoopSettings settings = loop_settings(job, 4);
  EXPECT_FALSE(settings.warmup_iterations);
  EXPECT_EQ(settings.num_iterations, 5);
  EXPECT_EQ(settings.time_budget_s, 3);
  EXPECT_EQ(settings.region, TimedRegion::Host);
  EXPECT_FALSE(settings.turn);
}

TEST(Loop, ATurnOfTextsHasEveryBatch) {
  Job job;
  job.protocol.turn = TurnLength{.seconds = 0.1, .passes = 5};
  EXPECT_EQ(loop_settings(job, 25).turn->passes, 5) << "random batches are all alike";
  job.work.data = TextData{.file = "notes.txt"};
  EXPECT_EQ(loop_settings(job, 25).turn->passes, 25);
  EXPECT_EQ(loop_settings(job, 2).turn->passes, 5);
}

}  // namespace
}  // namespace medbench
