// What verdicts are worth: sides that are equal, or 5 % apart, on simulated machines; how often a difference
// is found. A machine's speed stays, drifts as a random walk or steps between two values; a process has a
// deviation of its own (placement, page colours), and each turn its noise.
#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <string_view>
#include <vector>

#include "stats/moments.hpp"
#include "stats/pairs.hpp"
#include "stats/processes.hpp"
#include "tests/stats/noise.hpp"

namespace medbench {
namespace {

enum class Machine { Steady, Drifting, Stepping };
constexpr Machine kMachines[] = {Machine::Steady, Machine::Drifting, Machine::Stepping};

constexpr int kRuns = 2000;
constexpr std::size_t kTurns = 10;             // of a process
constexpr double kTurnDeviation = 0.01;        // all in logarithms
constexpr double kDriftPerTurn = 0.02 / 3.16;  // 2 % over the ten turns
constexpr double kStep = 0.06;
constexpr double kStepChance = 1.0 / 60;  // at each turn: six processes of ten turns see one
constexpr double kPairDeviation = 0.03;
constexpr double kDifference = 0.05;

std::string_view name_of(Machine machine) {
  switch (machine) {
    case Machine::Steady:
      return "steady";
    case Machine::Drifting:
      return "drifting";
    case Machine::Stepping:
      return "stepping";
  }
  return "";
}

class Simulation {
 public:
  Simulation(Machine machine, std::uint64_t seed) : machine_(machine), random_(seed) {}

  // The deviation of one process from the next.
  double new_process(double deviation) { return deviation * random_.normal(); }

  // The median of a turn of a process whose own level is `level`.
  double turn(double level) {
    if (machine_ == Machine::Drifting) speed_ += kDriftPerTurn * random_.normal();
    if (machine_ == Machine::Stepping && random_.uniform() < kStepChance) speed_ = speed_ > 0 ? 0 : kStep;
    return std::exp(speed_ + level + kTurnDeviation * random_.normal());
  }

  // A pair of processes that alternate, A B B A.
  double pair(double difference) {
    const double a = difference + new_process(kPairDeviation / std::sqrt(2.0));
    const double b = new_process(kPairDeviation / std::sqrt(2.0));
    std::vector<double> of_a;
    std::vector<double> of_b;
    for (std::size_t i = 0; i < kTurns; ++i) {
      if (i % 2 == 0) of_a.push_back(turn(a));
      of_b.push_back(turn(b));
      if (i % 2 == 1) of_a.push_back(turn(a));
    }
    return *pair_log_ratio(of_a, of_b);
  }

  // A process that lives alone.
  std::vector<double> process(double difference) {
    const double level = difference + new_process(kPairDeviation / std::sqrt(2.0));
    std::vector<double> turns;
    for (std::size_t i = 0; i < kTurns; ++i) turns.push_back(turn(level));
    return turns;
  }

 private:
  Machine machine_;
  Random random_;
  double speed_ = 0;
};

struct Shares {
  double told = 0;   // faster or slower
  double right = 0;  // slower
  double pairs = 0;  // mean
};

Shares judge_many_pairs(Machine machine, double difference) {
  Simulation simulation(machine, 7);
  Shares shares;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> ratios;
    PairComparison result = judge_pairs(ratios);
    while (result.next_look > 0) {
      while (ratios.size() < result.next_look) ratios.push_back(simulation.pair(difference));
      result = judge_pairs(ratios);
    }
    shares.told +=
        (result.verdict == Verdict::Faster || result.verdict == Verdict::Slower ? 1.0 : 0.0) / kRuns;
    shares.right += (result.verdict == Verdict::Slower ? 1.0 : 0.0) / kRuns;
    shares.pairs += static_cast<double>(result.pairs) / kRuns;
  }
  return shares;
}

// Three processes a side, in the order of `order`.
Shares compare_many(Machine machine, std::string_view order, double difference, bool took_turns) {
  Simulation simulation(machine, 8);
  Shares shares;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> medians[2];
    std::vector<std::vector<double>> turns[2];
    for (const char side : order) {
      const std::size_t i = side == 'A' ? 0 : 1;
      turns[i].push_back(simulation.process(i == 0 ? difference : 0));
      medians[i].push_back(*median(turns[i].back()));
    }
    const ProcessTestOptions options{.took_turns = took_turns,
                                     .candidate_drift = drift_over_life(turns[0]),
                                     .baseline_drift = drift_over_life(turns[1])};
    const Verdict verdict = compare_processes(medians[0], medians[1], options).verdict;
    shares.told += (verdict == Verdict::Faster || verdict == Verdict::Slower ? 1.0 : 0.0) / kRuns;
    shares.right += (verdict == Verdict::Slower ? 1.0 : 0.0) / kRuns;
  }
  return shares;
}

TEST(Verdicts, OfPairs) {
  for (const Machine machine : kMachines) {
    const Shares equal = judge_many_pairs(machine, 0);
    const Shares apart = judge_many_pairs(machine, kDifference);
    std::printf("pairs, %s: %.1f %% false, 5 %% found in %.1f %% with %.1f pairs\n", name_of(machine).data(),
                equal.told * 100, apart.right * 100, apart.pairs);
    EXPECT_LT(equal.told, 0.05) << name_of(machine);
    EXPECT_GT(apart.right, 0.8) << name_of(machine);
  }
}

TEST(Verdicts, OfProcessesInTurns) {
  for (const Machine machine : kMachines) {
    const Shares equal = compare_many(machine, "ABBAAB", 0, true);
    const Shares apart = compare_many(machine, "ABBAAB", kDifference, true);
    std::printf("3 processes a side in turns, %s: %.1f %% false, 5 %% found in %.1f %%\n",
                name_of(machine).data(), equal.told * 100, apart.right * 100);
    EXPECT_LT(equal.told, 0.05) << name_of(machine);
  }
  EXPECT_GT(compare_many(Machine::Steady, "ABBAAB", 3 * kDifference, true).right, 0.8);
}

TEST(Verdicts, OfProcessesOneSideAfterTheOther) {
  for (const Machine machine : kMachines) {
    const Shares equal = compare_many(machine, "AAABBB", 0, false);
    const Shares apart = compare_many(machine, "AAABBB", kDifference, false);
    std::printf("3 processes a side, one side after the other, %s: %.1f %% false, 5 %% found in %.1f %%\n",
                name_of(machine).data(), equal.told * 100, apart.right * 100);
    EXPECT_LT(equal.told, 0.05) << name_of(machine);
    const Shares narrow = compare_many(machine, "AAABBB", 0, true);
    std::printf("the same, not widened: %.1f %% false\n", narrow.told * 100);
    if (machine != Machine::Steady) {
      EXPECT_GT(narrow.told, 2 * equal.told) << name_of(machine);
    }
  }
}

}  // namespace
}  // namespace medbench
