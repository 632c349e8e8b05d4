#include "stats/pairs.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "stats/moments.hpp"

namespace medbench {

namespace {

constexpr std::size_t kFewestPairs = 3;

bool is_look(std::span<const std::size_t> looks, std::size_t pairs) {
  return !looks.empty() &&
         (pairs >= looks.back() || std::find(looks.begin(), looks.end(), pairs) != looks.end());
}

std::size_t look_after(std::span<const std::size_t> looks, std::size_t pairs) {
  const auto next = std::upper_bound(looks.begin(), looks.end(), pairs);
  return next == looks.end() ? 0 : *next;
}

}  // namespace

std::optional<double> pair_log_ratio(std::span<const double> candidate_turn_medians,
                                     std::span<const double> baseline_turn_medians) {
  if (candidate_turn_medians.size() != baseline_turn_medians.size()) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < candidate_turn_medians.size(); ++i) {
    ratios.push_back(std::log(candidate_turn_medians[i]) - std::log(baseline_turn_medians[i]));
    if (!std::isfinite(ratios.back())) return std::nullopt;
  }
  return median(ratios);
}

PairComparison judge_pairs(std::span<const double> log_ratios, const PairOptions& options) {
  if (!std::all_of(log_ratios.begin(), log_ratios.end(), [](double x) { return std::isfinite(x); }))
    throw internal_error("a pair has no ratio");
  const std::size_t n = log_ratios.size();
  PairComparison result{.next_look = look_after(options.looks, n), .pairs = n};
  if (n < kFewestPairs) return result;
  const LogRatio estimate{.value = *mean(log_ratios),
                          .standard_error = *sample_stdev(log_ratios) / std::sqrt(static_cast<double>(n)),
                          .degrees = static_cast<double>(n - 1)};
  const auto looks = static_cast<double>(std::max<std::size_t>(options.looks.size(), 1));
  const double confidence = 1 - (1 - options.confidence) / looks;
  result.ratio = std::exp(estimate.value);
  result.interval = ratio_interval(estimate, confidence);
  result.detectable = detectable_difference(estimate, confidence);
  if (is_look(options.looks, n)) {
    result.verdict = judge_interval(*result.interval, options.equivalence);
    if (result.verdict != Verdict::Undecided) result.next_look = 0;
  }
  return result;
}

}  // namespace medbench
