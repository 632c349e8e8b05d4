// Statistics of latencies: pure functions from samples to numbers. They read no clock, touch no file and know
// neither jobs nor units; what a number means is the caller's business. Samples are finite (a clock gives
// nothing else); a statistic that does not exist for so few samples is absent rather than zero.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "stats/interval.hpp"

namespace medbench {

// The percentiles that are reported, beyond the median.
struct PercentileRow {
  std::string_view name;  // "p999" is the 99.9 % quantile
  double p = 0;
};
inline constexpr std::array<PercentileRow, 4> kPercentiles{
    {{"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}}};

struct Summary {
  std::size_t n = 0;
  std::optional<double> min;
  std::optional<double> max;
  std::optional<double> mean;
  std::optional<double> stdev;  // from 2 samples
  std::optional<double> median;
  std::optional<double> lag1;    // correlation of each sample with the next, from 8 samples
  double effective = 0;          // independent samples that these are worth for the median
  std::optional<Interval> ci95;  // of the median, from 6 effective samples
  std::optional<double> mad;
  std::array<std::optional<double>, kPercentiles.size()> percentiles;  // each from min_samples_for_percentile
  std::size_t outliers = 0;
};

// Throws Internal when a sample is not finite.
Summary summarize(std::span<const double> samples);

}  // namespace medbench
