#include "stats/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/error.hpp"

namespace medbench {

std::vector<double> sorted(std::span<const double> samples) {
  std::vector<double> out(samples.begin(), samples.end());
  std::sort(out.begin(), out.end());
  return out;
}

double percentile(std::span<const double> sorted, double p) {
  if (sorted.empty() || !(p > 0) || p > 1)
    throw internal_error("percentile {} of {} samples", p, sorted.size());
  const double n = static_cast<double>(sorted.size());
  // 0.07 * 100 is a little more than 7: without the slack the rank would be one too high.
  const double rank = std::ceil(p * n * (1 - 1e-12));
  const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return sorted[std::min(index, sorted.size() - 1)];
}

namespace {

// P(at least two of n above the p-quantile).
double chance_of_two_above(double p, double n) {
  return 1 - std::pow(p, n) - n * std::pow(p, n - 1) * (1 - p);
}

}  // namespace

std::int64_t min_samples_for_percentile(double p, double confidence) {
  if (!(p > 0 && p < 1 && confidence > 0 && confidence < 1)) {
    throw internal_error("number of samples for percentile {} with confidence {}", p, confidence);
  }
  std::int64_t enough = 2;
  while (chance_of_two_above(p, static_cast<double>(enough)) < confidence) enough *= 2;
  std::int64_t too_few = enough / 2;
  while (enough - too_few > 1) {
    const std::int64_t middle = too_few + (enough - too_few) / 2;
    (chance_of_two_above(p, static_cast<double>(middle)) < confidence ? too_few : enough) = middle;
  }
  return enough;
}

}  // namespace medbench
