#include "measure/turns.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine/load_monitor.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

TEST(Turns, ShareTheIterationsExactly) {
  const LoopSettings whole{.warmup_iterations = 3, .num_iterations = 11, .time_budget_s = 20};
  std::int64_t sum = 0;
  for (std::int64_t turn = 0; turn < 3; ++turn) {
    const LoopSettings share = settings_of_turn(whole, turn, 3);
    EXPECT_EQ(share.warmup_iterations, 3);
    EXPECT_EQ(share.turn, turn);
    sum += share.num_iterations.value();
  }
  EXPECT_EQ(sum, 11);
  EXPECT_EQ(settings_of_turn(whole, 0, 3).num_iterations, 4);
  EXPECT_EQ(settings_of_turn(whole, 2, 3).num_iterations, 3);
}

TEST(Turns, ShareTheBudget) {
  const LoopSettings share = settings_of_turn({.time_budget_s = 20}, 1, 2);
  EXPECT_EQ(share.time_budget_s, 10);
  EXPECT_EQ(share.num_iterations, std::nullopt);
}

TEST(Turns, AreNeverWithoutAnIteration) {
  EXPECT_EQ(possible_turns({.num_iterations = 1}, 2), 1);
  EXPECT_EQ(possible_turns({.num_iterations = 5}, 2), 2);
  EXPECT_EQ(possible_turns({}, 2), 2);
  EXPECT_EQ(possible_turns({}, 0), 1);
}

TEST(Turns, AppendWhatTheyMeasured) {
  Measurement whole;
  add_turn(whole, {.warmup_ms = {9},
                   .samples = {{.ms = 1}, {.ms = 2}},
                   .first_run_ms = 30,
                   .stop_rule = StopRule::Interval});
  add_turn(whole, {.warmup_ms = {8},
                   .samples = {{.ms = 3, .turn = 1}},
                   .first_run_ms = 5,
                   .stop_rule = StopRule::Budget});
  EXPECT_THAT(whole.warmup_ms, ElementsAre(9, 8));
  EXPECT_THAT(whole.samples, ElementsAre(Sample{.ms = 1}, Sample{.ms = 2}, Sample{.ms = 3, .turn = 1}));
  EXPECT_EQ(whole.first_run_ms, 30);
  EXPECT_EQ(whole.stop_rule, StopRule::Budget);
}

TEST(Turns, AddTheLoadOfTheirOwnTimeOnly) {
  const LoadReport first{.wall_s = 1,
                         .cpus = 2,
                         .other_s = 0.5,
                         .other_share = 0.25,
                         .stolen_share = 0,
                         .own_cpus = 2,
                         .switches_per_s = 10,
                         .throttling = {.count = 1, .seconds = 0.1}};
  LoadReport second = first;
  second.wall_s = 3;
  second.other_s = 0;
  second.other_share = 0;
  second.switches_per_s = 2;
  const LoadReport sum = add_load(first, second);
  EXPECT_EQ(sum.wall_s, 4);
  EXPECT_EQ(sum.other_s, 0.5);
  EXPECT_DOUBLE_EQ(sum.other_share, 0.0625);
  EXPECT_DOUBLE_EQ(sum.switches_per_s, 4);
  EXPECT_EQ(sum.own_cpus, 2);
  EXPECT_EQ(sum.throttling.count, 2);
}

}  // namespace
}  // namespace medbench
