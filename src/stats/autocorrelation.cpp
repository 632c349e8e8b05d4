#include "stats/autocorrelation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "stats/moments.hpp"
#include "stats/outliers.hpp"
#include "stats/percentile.hpp"
#include "stats/student.hpp"

namespace medbench {

namespace {

constexpr std::size_t kFewestForLag1 = 8;
constexpr std::size_t kFewestForWindow = 16;  // below, lags beyond the first are noise
constexpr std::size_t kFewestBlocks = 32;     // below, neighbours are not averaged any more
constexpr std::size_t kMostLags = 32;
constexpr std::size_t kMostValues = 2048;  // that are multiplied; longer series are averaged first
constexpr double kByChance = 1.3;  // standard deviations that a sum of correlations must be away from none
constexpr std::array kLevels{0.1, 0.25, 0.5, 0.75, 0.9};
constexpr std::array kMiddleLevel{0.5};
constexpr std::size_t kFewestForLevels = 64;

void center(std::vector<double>& series) {
  const double middle = mean(series).value_or(0);
  for (double& value : series) value -= middle;
}

double sum_of_squares(std::span<const double> series) {
  double sum = 0;
  for (const double value : series) sum += value * value;
  return sum;
}

// Sum of the products of values `lag` and of those `lag + 1` apart. Plain pointers, and two sums that do not
// wait for each other: this is what a look costs.
double products(std::span<const double> series, std::size_t lag) {
  const double* const values = series.data();
  const std::size_t last = series.size() - 1 - lag;
  double at_lag = values[last] * values[last + lag];
  double at_next = 0;
  for (std::size_t i = 0; i < last; ++i) {
    const double value = values[i];
    at_lag += value * values[i + lag];
    at_next += value * values[i + lag + 1];
  }
  return at_lag + at_next;
}

struct Window {
  double sum = 0;  // of all correlations, of both signs of the lag
  double lags = 0;
  bool closed = false;
};

Window initial_monotone_sequence(std::span<const double> centered, double squares) {
  Window window{.sum = -1};
  const std::size_t most = std::min(kMostLags, centered.size() / 2 - 1);
  double before = std::numeric_limits<double>::infinity();
  for (std::size_t lag = 0; lag + 1 <= most; lag += 2) {
    const double pair = std::min(before, products(centered, lag) / squares);
    if (pair <= 0) {
      window.closed = true;
      break;
    }
    window.sum += 2 * pair;
    window.lags = static_cast<double>(lag + 1);
    before = pair;
  }
  return window;
}

void average_neighbours(std::vector<double>& series) {
  const std::size_t half = series.size() / 2;
  for (std::size_t i = 0; i < half; ++i) series[i] = (series[2 * i] + series[2 * i + 1]) / 2;
  series.resize(half);
  center(series);
}

// By neighbours alone, where they have more in common than chance gives.
CorrelationTime of_short_series(std::span<const double> centered, double squares) {
  double product = 0;
  for (std::size_t i = 0; i + 1 < centered.size(); ++i) product += centered[i] * centered[i + 1];
  const double rho = product / squares;
  if (rho <= 2 / std::sqrt(static_cast<double>(centered.size()))) return {};
  return {.tau = (1 + rho) / (1 - rho)};
}

std::vector<double> indicators(std::span<const double> samples, double level) {
  std::vector<double> below(samples.size());
  std::transform(samples.begin(), samples.end(), below.begin(),
                 [level](double x) { return x < level ? -1.0 : (x > level ? 1.0 : 0.0); });
  return below;
}

}  // namespace

std::optional<double> lag1_correlation(std::span<const double> samples) {
  if (samples.size() < kFewestForLag1) return std::nullopt;
  std::vector<double> scores = modified_z_scores(samples);
  for (double& score : scores) score = std::clamp(score, -kOutlierScore, kOutlierScore);
  center(scores);
  const double squares = sum_of_squares(scores);
  if (!(squares > 0)) return std::nullopt;
  double product = 0;
  for (std::size_t i = 0; i + 1 < scores.size(); ++i) product += scores[i] * scores[i + 1];
  return product / squares;
}

CorrelationTime correlation_time(std::span<const double> series) {
  std::vector<double> values(series.begin(), series.end());
  center(values);
  double squares = sum_of_squares(values);
  if (!(squares > 0)) return {};
  if (values.size() < kFewestForWindow) return of_short_series(values, squares);
  const double variance = squares / static_cast<double>(values.size());
  double block = 1;
  const auto halve = [&] {
    average_neighbours(values);
    block *= 2;
    squares = sum_of_squares(values);
  };
  while (values.size() > kMostValues) halve();
  bool is_long = false;  // correlated over more than a few lags
  while (squares > 0) {
    const auto n = static_cast<double>(values.size());
    Window window = initial_monotone_sequence(values, squares);
    if (!window.closed && values.size() >= 2 * kFewestBlocks) {
      is_long = true;
      halve();
      continue;
    }
    if (!is_long && window.closed && window.sum - 1 <= kByChance * 2 * std::sqrt(window.lags / n))
      window = {.sum = 1, .closed = true};
    const double span = 2 * window.lags + 1;
    const double bias = window.lags > 0 ? std::max(0.1, 1 - span / n) : 1;
    const double tau = block * (squares / n / variance) * window.sum / bias;
    return {std::max(1.0, tau), window.closed ? n / span : 1.0};
  }
  return {};
}

double effective_samples(std::span<const double> samples, std::span<const double> sorted, double confidence) {
  const auto n = static_cast<double>(samples.size());
  if (samples.size() < 2) return n;
  const double p = (1 + confidence) / 2;
  const double usual = student_quantile(p, n);
  double effective = n;
  const auto levels = samples.size() < kFewestForLevels ? std::span<const double>(kMiddleLevel) : kLevels;
  for (const double level : levels) {
    const CorrelationTime time = correlation_time(indicators(samples, percentile(sorted, level)));
    const double share = std::min(1.0, usual / student_quantile(p, std::min(time.degrees, n)));
    effective = std::min(effective, n / time.tau * share * share);
  }
  return effective;
}

}  // namespace medbench
