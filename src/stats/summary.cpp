#include "stats/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "stats/autocorrelation.hpp"
#include "stats/moments.hpp"
#include "stats/outliers.hpp"
#include "stats/percentile.hpp"

namespace medbench {

Summary summarize(std::span<const double> samples) {
  if (!std::all_of(samples.begin(), samples.end(), [](double x) { return std::isfinite(x); })) {
    throw internal_error("a sample is not a finite number");
  }
  Summary summary;
  summary.n = samples.size();
  if (samples.empty()) return summary;
  const std::vector<double> ordered = sorted(samples);
  summary.min = ordered.front();
  summary.max = ordered.back();
  summary.mean = mean(samples);
  summary.stdev = sample_stdev(samples);
  summary.median = median_of_sorted(ordered);
  summary.lag1 = lag1_correlation(samples);
  summary.effective = effective_samples(samples, ordered);
  summary.ci95 = widened_median_interval(ordered, summary.effective);
  summary.mad = median_absolute_deviation(samples);
  summary.outliers = find_outliers(samples).size();
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    const double p = kPercentiles[i].p;
    if (static_cast<std::int64_t>(summary.n) >= min_samples_for_percentile(p)) {
      summary.percentiles[i] = percentile(ordered, p);
    }
  }
  return summary;
}

}  // namespace medbench
