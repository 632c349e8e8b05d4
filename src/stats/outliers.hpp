// Samples far from the rest. They are flagged and counted, never removed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace medbench {

inline constexpr double kOutlierScore = 3.5;

// Median of the absolute deviations from the median; absent without samples.
std::optional<double> median_absolute_deviation(std::span<const double> samples);

// 0.6745 (x - median) / MAD; where the MAD is zero (half of the samples are equal), (x - median) / (1.253314
// mean absolute deviation); all zero when all samples are equal. Source: Iglewicz, Hoaglin, How to Detect and
// Handle Outliers, 1993.
std::vector<double> modified_z_scores(std::span<const double> samples);

// Positions of the samples whose score is over `limit` in either direction.
std::vector<std::size_t> find_outliers(std::span<const double> samples, double limit = kOutlierScore);

}  // namespace medbench
