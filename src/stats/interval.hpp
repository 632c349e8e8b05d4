// Confidence interval of the median that assumes nothing about the distribution.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace medbench {

struct Interval {
  double low = 0;
  double high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// Zero-based positions, in ascending order of the samples, of the ends of the interval.
struct Ranks {
  std::size_t low = 0;
  std::size_t high = 0;
  friend bool operator==(const Ranks&, const Ranks&) = default;
};

// The number of samples below the median is binomial(n, 1/2); the k-th smallest and k-th largest sample
// enclose the median with probability 1 - 2 P(X < k). Gives the narrowest such pair with at least the
// confidence asked for, or nothing where even the smallest and largest sample have less (95 %: below 6
// samples). Source: Conover, Practical Nonparametric Statistics.
std::optional<Ranks> median_interval_ranks(std::size_t n, double confidence = 0.95);

// `sorted` is ascending.
std::optional<Interval> median_interval(std::span<const double> sorted, double confidence = 0.95);

// Of samples that are worth fewer independent ones (effective_samples): the ranks are those of that many,
// rounded down; the lower rank times n / effective, rounded down, is the position among the n samples, and
// the upper one mirrors it. Nothing for fewer than 6 effective samples at 95 %.
std::optional<Interval> widened_median_interval(std::span<const double> sorted, double effective,
                                                double confidence = 0.95);

}  // namespace medbench
