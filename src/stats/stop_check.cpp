#include "stats/stop_check.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/autocorrelation.hpp"
#include "stats/interval.hpp"
#include "stats/moments.hpp"

namespace medbench {

StopCheck::StopCheck(const StopRuleSettings& settings)
    : settings_(settings), next_look_(settings.fewest_samples) {}

bool StopCheck::median_known(std::span<const double> samples) {
  const std::size_t n = samples.size();
  for (; seen_ < n; ++seen_) total_ms_ += samples[seen_];
  if (n < next_look_ || total_ms_ < settings_.least_total_ms) return false;
  next_look_ = n + std::max<std::size_t>(n / 4, 1);
  found_ = within_tolerance(samples) ? found_ + 1 : 0;
  return found_ >= settings_.looks;
}

bool StopCheck::within_tolerance(std::span<const double> samples) {
  scratch_.assign(samples.begin(), samples.end());
  std::sort(scratch_.begin(), scratch_.end());
  const auto interval = widened_median_interval(scratch_, effective_samples(samples, scratch_));
  if (!interval) return false;
  const double middle = *median_of_sorted(scratch_);
  const double allowed = settings_.tolerance * std::abs(middle);
  return interval->high - middle <= allowed && middle - interval->low <= allowed;
}

}  // namespace medbench
