// Two configurations against each other: pairs of fresh processes until it is clear which is faster, or that
// it will not become clear.
#pragma once

#include <functional>

#include "campaign/contest.hpp"
#include "report/comparison.hpp"

namespace medbench {

struct AbSettings {
  double same_within = kEquivalence;
  double max_slowdown = 0.03;  // a share; a difference on this side of it is to be known
  // Called after each pair.
  std::function<void(std::size_t pairs, const Comparison& so_far)> progress = [](std::size_t,
                                                                                 const Comparison&) {};
};

// Entrant 0 of the contest is the baseline, A; entrant 1 the candidate, B. Looks after 6, 9, 13 and 20 pairs,
// and ends where the verdict stands and the slowdown is on one side of the limit. What was measured is kept
// when a side fails: then the row has a problem. Needs an InterruptGuard.
ComparedRow run_ab(Contest& contest, const AbSettings& settings);

}  // namespace medbench
