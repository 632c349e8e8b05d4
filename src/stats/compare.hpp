// Two series of latencies compared by the ratio of their medians.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stats/interval.hpp"

namespace medbench {

enum class Verdict { Faster, Slower, Same, Undecided };
std::string_view to_string(Verdict verdict);

struct RatioEstimate {
  double ratio = 0;  // median of the candidate / median of the baseline: below 1 is faster
  Interval interval;
};

struct BootstrapOptions {
  double confidence = 0.95;
  std::size_t resamples = 4000;
  std::uint64_t seed = 42;
};

// Percentile bootstrap of the ratio of medians of two independent series. Absent with fewer than two samples
// on a side, or when a sample is not above zero. The same seed gives the same interval.
std::optional<RatioEstimate> compare_medians(std::span<const double> candidate,
                                             std::span<const double> baseline,
                                             const BootstrapOptions& options = {});

// For runs that were interleaved, so that sample i of both met the same conditions: the median of the ratios
// of the pairs with its interval by order statistics. Absent where the series differ in length or are too
// short for an interval.
std::optional<RatioEstimate> compare_pairs(std::span<const double> candidate,
                                           std::span<const double> baseline, double confidence = 0.95);

// Same: the whole interval is within `equivalence` (a share) of 1. Otherwise faster or slower where the
// interval excludes 1, and undecided where it does not, or where there is none.
Verdict judge(const std::optional<RatioEstimate>& estimate, double equivalence = 0.01);

}  // namespace medbench
