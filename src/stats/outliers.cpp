#include "stats/outliers.hpp"

#include <cmath>

#include "stats/moments.hpp"

namespace medbench {

namespace {

// 1 / the 75 % quantile of the standard normal distribution makes the MAD of normal samples their standard
// deviation, and sqrt(pi / 2) does the same for the mean absolute deviation.
constexpr double kNormalQuartile = 0.6745;
constexpr double kMeanDeviationFactor = 1.253314;

std::vector<double> absolute_deviations(std::span<const double> samples, double center) {
  std::vector<double> deviations;
  deviations.reserve(samples.size());
  for (const double sample : samples) deviations.push_back(std::abs(sample - center));
  return deviations;
}

}  // namespace

std::optional<double> median_absolute_deviation(std::span<const double> samples) {
  const auto center = median(samples);
  if (!center) return std::nullopt;
  return median(absolute_deviations(samples, *center));
}

std::vector<double> modified_z_scores(std::span<const double> samples) {
  std::vector<double> scores(samples.size(), 0.0);
  if (samples.empty()) return scores;
  const double center = *median(samples);
  const std::vector<double> deviations = absolute_deviations(samples, center);
  const double mad = *median(deviations);
  const double scale = mad > 0 ? mad / kNormalQuartile : kMeanDeviationFactor * *mean(deviations);
  if (!(scale > 0)) return scores;
  for (std::size_t i = 0; i < samples.size(); ++i) scores[i] = (samples[i] - center) / scale;
  return scores;
}

std::vector<std::size_t> find_outliers(std::span<const double> samples, double limit) {
  std::vector<std::size_t> positions;
  const std::vector<double> scores = modified_z_scores(samples);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::abs(scores[i]) > limit) positions.push_back(i);
  }
  return positions;
}

}  // namespace medbench
