// Two sides compared by pairs of processes that live together and take short turns, pair after pair until it
// can be told: what `ab` and a play-off do.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "stats/verdict.hpp"

namespace medbench {

// The numbers of pairs after which it is looked. Each look may err in a quarter of the 5 %, so that all
// together err in no more than that.
inline constexpr std::array<std::size_t, 4> kPairLooks{6, 9, 13, 20};

struct PairOptions {
  double equivalence = kEquivalence;
  double confidence = 0.95;                         // of all looks together
  std::span<const std::size_t> looks = kPairLooks;  // ascending, each at least 3
};

struct PairComparison {
  Verdict verdict = Verdict::Undecided;
  std::size_t next_look = 0;  // pairs at which to judge again; 0 when it is decided or the looks are over
  std::size_t pairs = 0;
  std::optional<double> ratio{};       // candidate over baseline; from 3 pairs on
  std::optional<Interval> interval{};  // at the confidence of one look, which is that of the verdict
  std::optional<double> detectable{};  // detectable_difference
};

// The logarithm of candidate over baseline of one pair: the median over its turns, where turn i of both
// sides were neighbours in time. An even number of turns in the order A B B A takes a steady drift out.
// Absent without turns, where their numbers differ, or where a median is not a number above 0.
std::optional<double> pair_log_ratio(std::span<const double> candidate_turn_medians,
                                     std::span<const double> baseline_turn_medians);

// Student's t on the logarithms of the ratios of all pairs so far. A verdict is given only at a look (at the
// last one also for more pairs); between looks and below 3 pairs the result is undecided and says how far it
// is. Undecided with next_look = 0 is "cannot tell". Throws Internal for a ratio that is not finite.
PairComparison judge_pairs(std::span<const double> log_ratios, const PairOptions& options = {});

}  // namespace medbench
