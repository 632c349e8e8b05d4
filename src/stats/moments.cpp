#include "stats/moments.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

#include "stats/percentile.hpp"

namespace medbench {

std::optional<double> mean(std::span<const double> samples) {
  if (samples.empty()) return std::nullopt;
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

std::optional<double> sample_stdev(std::span<const double> samples) {
  if (samples.size() < 2) return std::nullopt;
  const double center = *mean(samples);
  double squares = 0;
  for (const double sample : samples) squares += (sample - center) * (sample - center);
  return std::sqrt(squares / static_cast<double>(samples.size() - 1));
}

std::optional<double> median_of_sorted(std::span<const double> sorted) {
  if (sorted.empty()) return std::nullopt;
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return sorted[middle - 1] + (sorted[middle] - sorted[middle - 1]) / 2;
}

std::optional<double> median(std::span<const double> samples) {
  return median_of_sorted(sorted(samples));
}

}  // namespace medbench
