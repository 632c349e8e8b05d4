// Two sides compared by the medians of independent processes: what stored runs allow.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stats/verdict.hpp"

namespace medbench {

inline constexpr std::size_t kFewestProcesses = 3;  // a side

struct ProcessTestOptions {
  double equivalence = kEquivalence;
  double confidence = 0.95;
  bool took_turns = true;  // A B B A in time, so that a drift of the machine hit both sides alike
  // Where they did not: how much a process of each side changed over its life (drift_over_life).
  double candidate_drift = 0;
  double baseline_drift = 0;
};

struct ProcessComparison {
  Verdict verdict = Verdict::Undecided;
  std::string reason{};           // why there is no ratio or what would tell; empty with a verdict
  std::optional<double> ratio{};  // candidate over baseline, geometric means of the medians
  std::optional<Interval> interval{};
  std::optional<double> detectable{};  // detectable_difference
  std::size_t candidates = 0;          // processes
  std::size_t baselines = 0;
};

// Welch's t on the logarithms of the medians of processes. Undecided, with the reason and without a ratio,
// for fewer than 3 a side (two values say nothing about their spread that a test could use) and for a median
// that is not a number above 0. Where the sides did not take turns, the machine may have changed between
// them: were its speed a random walk that changes by d over the life of a process, the means of n processes
// and of the m that follow would differ by a variance of (n + m) d^2 / 3, which is added to that of the
// difference, with each side's own d.
ProcessComparison compare_processes(std::span<const double> candidate_medians,
                                    std::span<const double> baseline_medians,
                                    const ProcessTestOptions& options = {});

// What `candidate_drift` and `baseline_drift` ask for, from the medians of the turns of each process of a
// side, in the order of time: the root mean square, over the processes, of the change of the logarithm over
// the life, which is twice that from the earlier half of the turns to the later. From four turns on, what the
// noise of turns adds is taken out; it is seen in the steps from one turn to the next. Processes of one turn
// do not count, nor do those with a median that is not above 0; 0 where none is left.
double drift_over_life(std::span<const std::vector<double>> turn_medians);

}  // namespace medbench
