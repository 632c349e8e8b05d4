#include "stats/warmup.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/trend.hpp"

namespace medbench {

namespace {

constexpr std::size_t kFewestInWindow = 8;
constexpr std::size_t kMostInWindow = 1024;
constexpr std::size_t kBlocks = 16;
constexpr double kSignificance = 0.3;
constexpr double kSmallChange = 0.01;

}  // namespace

bool is_warm(std::span<const double> times_ms, double elapsed_s, const WarmupSettings& settings) {
  if (times_ms.empty()) return false;
  if (elapsed_s >= settings.most_s) return true;
  if (elapsed_s < settings.least_s) return false;
  const std::size_t window = std::max(kFewestInWindow, times_ms.size() * 3 / 5);
  // The first pass of all is never in the window.
  return window < times_ms.size() && is_steady(times_ms.last(window));
}

bool is_steady(std::span<const double> window) {
  if (window.size() < kFewestInWindow) return false;
  const std::size_t stride = std::max<std::size_t>(1, window.size() / kMostInWindow);
  std::vector<double> looked_at;
  looked_at.reserve(window.size() / stride + 1);
  for (std::size_t i = 0; i < window.size(); i += stride) looked_at.push_back(window[i]);
  const Drift drift = find_drift(looked_at, kBlocks);
  return drift.p_value >= kSignificance || std::abs(drift.relative_change) <= kSmallChange;
}

}  // namespace medbench
