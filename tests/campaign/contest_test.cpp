// Contests of the fake worker, whose passes take the time that its script says.
#include "campaign/contest.hpp"

#include <cmath>
#include <csignal>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>

#include "campaign/ab.hpp"
#include "campaign/playoff.hpp"
#include "runner/interrupt.hpp"
#include "tests/support/launcher_of_places.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Silent final : public SilentObserver {
 public:
  void job_started(const Job& job, std::size_t, std::size_t) override {
    started.push_back(job.id);
    if (on_start) on_start();
  }
  std::vector<std::string> started;
  std::function<void()> on_start;
};

Entrant fake(const std::string& id, const std::string& latencies_ms, const std::string& more = "") {
  Entrant entrant;
  Job& job = entrant.job;
  job.id = id;
  job.work.model.name = "biobert";
  job.work.axes = {{Axis::Batch, 1}, {Axis::Seq, 8}};
  job.target.backend = "fake";
  job.target.options["script"] =
      fmt::format(R"({{"model": false, "latencies_ms": {}{}}})", latencies_ms, more);
  job.protocol.turn = TurnLength{.seconds = 0.05, .passes = 2};
  job.protocol.num_iterations = 8;
  job.protocol.warmup_iterations = 0;
  entrant.worker.libexec = testing::libexec_folder();
  return entrant;
}

TEST(Contest, RoundsAreFreshProcessesInTurns) {
  Silent silent;
  Contest contest({fake("a", "[10]"), fake("b", "[20]")}, silent);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(contest.run_round());
  EXPECT_THAT(silent.started, ElementsAre("a", "b", "b", "a", "a", "b"));
  EXPECT_EQ(contest.result(0)->samples.size(), 24U);
  EXPECT_EQ(contest.result(1)->metrics.get("processes.n"), 3);
  EXPECT_THAT(contest.log_ratios(1, 0), Each(::testing::DoubleNear(std::log(2.0), 1e-9)));
  EXPECT_EQ(contest.log_ratios(1, 0).size(), 3U);
  EXPECT_TRUE(contest.took_turns());
}

TEST(Contest, FollowEachOtherWhereMemoryHoldsOne) {
  Silent silent;
  std::vector<Entrant> entrants{fake("a", "[10]"), fake("b", "[20]")};
  for (Entrant& entrant : entrants) entrant.worker.parking.available_mb = [] { return 0.5; };
  Contest contest(entrants, silent);
  EXPECT_TRUE(contest.run_round());
  EXPECT_TRUE(contest.run_round());
  EXPECT_FALSE(contest.took_turns());
  EXPECT_EQ(contest.log_ratios(1, 0).size(), 2U);
  EXPECT_THAT(silent.started, ElementsAre("a", "b", "b", "a"));
}

TEST(Contest, FollowEachOtherWhereTheLauncherHasOnePlace) {
  const testing::TemporaryFolder folder;
  Silent silent;
  std::vector<Entrant> entrants{fake("a", "[10]"), fake("b", "[20]")};
  for (Entrant& entrant : entrants) {
    entrant.worker.launcher = {testing::launcher_of_places(folder, 1)};
    entrant.worker.parking.patience = std::chrono::milliseconds{200};
  }
  Contest contest(entrants, silent);
  EXPECT_TRUE(contest.run_round());
  EXPECT_TRUE(contest.run_round());
  EXPECT_FALSE(contest.took_turns());
  EXPECT_EQ(contest.log_ratios(1, 0).size(), 2U);
  EXPECT_THAT(silent.started, ElementsAre("a", "b", "b", "b", "a"));
  EXPECT_EQ(contest.result(0)->samples.size(), 16U);
}

TEST(Ab, TellsADifferenceAfterSixPairs) {
  Silent silent;
  Contest contest({fake("a", "[10]"), fake("b", "[10.5]")}, silent);
  const ComparedRow row = run_ab(contest, {});
  EXPECT_EQ(row.comparison.verdict, Verdict::Slower);
  EXPECT_EQ(row.comparison.n, 6U);
  EXPECT_NEAR(row.comparison.ratio.value(), 1.05, 1e-9);
  EXPECT_TRUE(row.notes.empty());
}

TEST(Ab, KeepsWhatWasMeasuredWhenASideFails) {
  Silent silent;
  Contest contest({fake("a", "[10]"),
                   fake("b", "[10]", R"(, "actions": [{"stage": "finish", "do": "signal", "number": 11}])")},
                  silent);
  const ComparedRow row = run_ab(contest, {});
  EXPECT_THAT(row.problem, HasSubstr("B was crashed"));
  EXPECT_EQ(row.baseline->samples.size(), 8U);
  EXPECT_EQ(row.candidate->samples.size(), 8U);
}

TEST(Ab, EndsWhenInterrupted) {
  const InterruptGuard guard;
  Silent silent;
  silent.on_start = [&] {
    if (silent.started.size() == 3) std::raise(SIGINT);
  };
  Contest contest({fake("a", "[10]"), fake("b", "[10]")}, silent);
  EXPECT_EQ(run_ab(contest, {}).problem, "interrupted");
}

// Of the rows that a matrix made: those of the fake worker that its script makes so fast.
Result row_of(const Entrant& entrant, double median_ms) {
  Result row;
  row.job = entrant.job;
  row.device = "cpu";
  row.model_type = "biobert";
  row.status = Status::Ok;
  row.metrics.set("latency_ms.p50", median_ms);
  return row;
}

PlayoffSettings settings(double& now_s, double step_s, double budget_s = 60) {
  return {.budget_s = budget_s, .worker = fake("", "[1]").worker, .now_s = [&now_s, step_s] {
            return now_s += step_s;
          }};
}

TEST(Playoff, TakesRowsNearTheFastestWhoseAnswersHold) {
  std::vector<Result> rows{row_of(fake("a", "[10]"), 10), row_of(fake("b", "[12]"), 12),
                           row_of(fake("c", "[13]"), 13), row_of(fake("d", "[9]"), 9)};
  rows[3].status = Status::AccError;
  const auto contenders = find_contenders(std::vector<const Result*>{&rows[1], &rows[0], &rows[2], &rows[3]});
  EXPECT_THAT(contenders, ElementsAre(&rows[0], &rows[1]));
}

TEST(Playoff, EndsWhenTheLeaderIsTold) {
  const Result a = row_of(fake("a", "[10]"), 10);
  const Result b = row_of(fake("b", "[11]"), 10);
  const Result c = row_of(fake("c", "[12]"), 10);
  Silent silent;
  double now_s = 0;
  const Playoff playoff = play_off(std::vector<const Result*>{&b, &a, &c}, settings(now_s, 1), silent);
  EXPECT_EQ(playoff.ended_by, "decided");
  EXPECT_EQ(playoff.rounds, 3U);
  EXPECT_EQ(playoff.winner.job.id, "a");
  ASSERT_EQ(playoff.others.size(), 2U);
  EXPECT_EQ(playoff.others[0].row.job.id, "b");
  EXPECT_EQ(playoff.others[0].against_winner.verdict, Verdict::Slower);
  const std::string line = std::regex_replace(playoff_line(playoff), std::regex(R"( \(beside other load\))"),
                                              "");  // of this machine
  EXPECT_EQ(line,
            "biobert 1 x 8: fake cpu fp32 wins against fake cpu fp32 (1.100, 1.100 to 1.100), fake cpu fp32 "
            "(1.200, "
            "1.200 to 1.200); latencies over its own, 3 rounds");
  EXPECT_EQ(to_json(playoff)["others"].size(), 2U);
}

TEST(Playoff, OfEqualsEndsAfterSixRounds) {
  const Result a = row_of(fake("a", "[10]"), 10);
  const Result b = row_of(fake("b", "[10]"), 10);
  Silent silent;
  double now_s = 0;
  const Playoff playoff = play_off(std::vector<const Result*>{&a, &b}, settings(now_s, 1), silent);
  EXPECT_EQ(playoff.ended_by, "rounds");
  EXPECT_EQ(playoff.rounds, 6U);
  EXPECT_THAT(playoff_line(playoff),
              HasSubstr("leads and cannot be told from fake cpu fp32 (1.000, 1.000 to 1.000: "
                        "the same)"));
}

TEST(Playoff, TakesAThirdOfTheRowsTimeByDefault) {
  EXPECT_DOUBLE_EQ(usual_playoff_budget_s(30, 0, 1), 10);
  EXPECT_DOUBLE_EQ(usual_playoff_budget_s(30, 0, 2), 5);
  EXPECT_DOUBLE_EQ(usual_playoff_budget_s(30, 2, 1), 8);
  EXPECT_DOUBLE_EQ(usual_playoff_budget_s(30, 12, 1), 0);
  EXPECT_DOUBLE_EQ(usual_playoff_budget_s(3000, 0, 2), 60);
}

TEST(Playoff, KnowsHowLongThreeRoundsTake) {
  Result a = row_of(fake("a", "[10]"), 10);
  Result slow = row_of(fake("b", "[4000]"), 4000);
  a.metrics.set("startup_ms", 250);
  slow.metrics.set("startup_ms", 1000);
  // 0.25 s to start and 1.25 s to warm up and measure; 1 s, and two passes with warming up.
  EXPECT_DOUBLE_EQ(least_playoff_s(std::vector<const Result*>{&a, &slow}), 3 * (1.5 + 11));
  const Playoff none = decline_playoff(std::vector<const Result*>{&a, &slow});
  EXPECT_THAT(playoff_line(none), HasSubstr("no play-off of the 2 rows that may be the fastest"));
}

TEST(Playoff, BeginsNoRoundThatWouldEndBeyondTheBudget) {
  const Result a = row_of(fake("a", "[10]"), 10);
  const Result b = row_of(fake("b", "[11]"), 10);
  Silent silent;
  double now_s = 0;
  const Playoff playoff = play_off(std::vector<const Result*>{&a, &b}, settings(now_s, 20, 85), silent);
  EXPECT_EQ(playoff.rounds, 2U);
  EXPECT_EQ(playoff.ended_by, "budget");
  EXPECT_THAT(playoff_line(playoff), HasSubstr("cannot tell"));
}

}  // namespace
}  // namespace medbench
