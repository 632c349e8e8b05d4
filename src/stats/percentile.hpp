// Percentiles as order statistics, and how many samples a percentile needs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace medbench {

std::vector<double> sorted(std::span<const double> samples);

// The smallest sample with at least the share `p` (in (0, 1]) of the samples at or below it: no
// interpolation, so it is always a latency that was seen. `sorted` is ascending and not empty; throws
// Internal otherwise.
double percentile(std::span<const double> sorted, double p);

// The fewest samples of which, with the given confidence, at least two lie above the p-quantile of the
// distribution they are drawn from. The number above it is binomial(n, 1 - p).
std::int64_t min_samples_for_percentile(double p, double confidence = 0.99);

}  // namespace medbench
