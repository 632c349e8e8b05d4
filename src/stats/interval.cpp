#include "stats/interval.hpp"

#include <algorithm>
#include <cmath>

namespace medbench {

std::optional<Ranks> median_interval_ranks(std::size_t n, double confidence) {
  if (n < 2) return std::nullopt;
  const double tail = (1 - confidence) / 2;
  const double count = static_cast<double>(n);
  // Ten standard deviations below the middle the probabilities sum to less than a double can add to the tail.
  const double first = std::max(0.0, std::floor(count / 2 - 5 * std::sqrt(count)));
  double log_p = std::lgamma(count + 1) - std::lgamma(first + 1) - std::lgamma(count - first + 1) -
                 count * std::log(2.0);
  double below = 0;  // P(X <= k)
  double k = first;
  while (true) {
    below += std::exp(log_p);
    // Slack for the rounding of the sum, so that exact binomial bounds stay inclusive.
    if (below > tail * (1 + 1e-12) || k >= count) break;
    log_p += std::log((count - k) / (k + 1));
    ++k;
  }
  // P(X < k) <= tail < P(X <= k): the k-th smallest sample is the end.
  const auto rank = static_cast<std::size_t>(k);
  if (rank == 0) return std::nullopt;
  return Ranks{rank - 1, n - rank};
}

std::optional<Interval> median_interval(std::span<const double> sorted, double confidence) {
  return widened_median_interval(sorted, static_cast<double>(sorted.size()), confidence);
}

std::optional<Interval> widened_median_interval(std::span<const double> sorted, double effective,
                                                double confidence) {
  const std::size_t n = sorted.size();
  const auto m = static_cast<std::size_t>(std::clamp(effective, 0.0, static_cast<double>(n)));
  const auto ranks = median_interval_ranks(m, confidence);
  if (!ranks) return std::nullopt;
  const std::size_t low = ranks->low * n / m;
  return Interval{sorted[low], sorted[n - 1 - low]};
}

}  // namespace medbench
