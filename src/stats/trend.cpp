#include "stats/trend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "stats/moments.hpp"
#include "stats/percentile.hpp"

namespace medbench {

namespace {

constexpr std::size_t kFewestForDrift = 8;

std::vector<double> window_medians(std::span<const double> samples, std::size_t windows) {
  std::vector<double> medians;
  medians.reserve(windows);
  for (std::size_t i = 0; i < windows; ++i) {
    const std::size_t begin = samples.size() * i / windows;
    const std::size_t end = samples.size() * (i + 1) / windows;
    medians.push_back(*median(samples.subspan(begin, end - begin)));
  }
  return medians;
}

// Variance of Kendall's S for n values of which some are equal.
double variance_of_s(std::span<const double> series) {
  const auto term = [](double n) { return n * (n - 1) * (2 * n + 5); };
  const std::vector<double> ordered = sorted(series);
  double variance = term(static_cast<double>(ordered.size()));
  for (auto begin = ordered.begin(); begin != ordered.end();) {
    const auto end = std::upper_bound(begin, ordered.end(), *begin);
    variance -= term(static_cast<double>(end - begin));
    begin = end;
  }
  return variance / 18;
}

// The first and last value of the line with this slope through the median of what the slope leaves over. A
// series that fell steeply and then stayed has a line that leaves the range of its values, even below zero:
// the ends are held within the range.
std::pair<double, double> fitted_ends(std::span<const double> series, double slope) {
  std::vector<double> rest(series.begin(), series.end());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= slope * static_cast<double>(i);
  const double first = *median(rest);
  const double last = first + slope * static_cast<double>(series.size() - 1);
  const auto [low, high] = std::minmax_element(series.begin(), series.end());
  return {std::clamp(first, *low, *high), std::clamp(last, *low, *high)};
}

}  // namespace

double relative_spread(std::span<const double> window) {
  if (window.size() < 2) return 0;
  const auto [low, high] = std::minmax_element(window.begin(), window.end());
  if (*low == *high) return 0;
  const double middle = *median(window);
  return middle > 0 ? (*high - *low) / middle : std::numeric_limits<double>::infinity();
}

double spread_of_window_medians(std::span<const double> samples, std::size_t windows) {
  if (windows == 0 || samples.size() < windows) return 0;
  return relative_spread(window_medians(samples, windows));
}

double relative_change(double from, double to) {
  const double larger = std::max(from, to);
  return larger > 0 ? (to - from) / larger : 0;
}

Drift find_drift(std::span<const double> samples, std::size_t most_blocks) {
  if (samples.size() < kFewestForDrift || most_blocks < kFewestForDrift) return {};
  const std::vector<double> series = window_medians(samples, std::min(samples.size(), most_blocks));
  std::vector<double> slopes;
  slopes.reserve(series.size() * (series.size() - 1) / 2);
  double s = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (std::size_t j = i + 1; j < series.size(); ++j) {
      const double rise = series[j] - series[i];
      s += rise > 0 ? 1 : (rise < 0 ? -1 : 0);
      slopes.push_back(rise / static_cast<double>(j - i));
    }
  }
  Drift drift;
  const auto [first, last] = fitted_ends(series, *median(slopes));
  drift.relative_change = relative_change(first, last);
  const double variance = variance_of_s(series);
  if (variance > 0 && s != 0) {
    const double z = (std::abs(s) - 1) / std::sqrt(variance);  // continuity correction
    drift.p_value = std::min(1.0, std::erfc(z / std::sqrt(2.0)));
  }
  return drift;
}

}  // namespace medbench
