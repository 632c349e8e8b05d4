#include "report/page/scale.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace medbench {

namespace {

constexpr double kHeadroom = 1.04;
constexpr double kTiny = 1e-12;

// The power of ten below a value.
double decade_of(double value) {
  return std::pow(10, std::floor(std::log10(value)));
}

}  // namespace

Scale Scale::from_zero(double largest) {
  return {0, std::isfinite(largest) && largest > 0 ? largest * kHeadroom : 1, false};
}

Scale Scale::logarithmic(double least, double most) {
  constexpr double kMargin = 1.15;
  least = std::max(least, kTiny);
  most = std::max(most, least);
  return {least / kMargin, most * kMargin, true};
}

Scale Scale::of(std::span<const double> values, double log_from_ratio) {
  double least = 0;
  double most = 0;
  for (const double value : values) {
    if (!std::isfinite(value) || !(value > 0)) continue;
    least = least == 0 ? value : std::min(least, value);
    most = std::max(most, value);
  }
  return least > 0 && most / least >= log_from_ratio ? logarithmic(least, most) : from_zero(most);
}

double Scale::percent(double value) const {
  constexpr double kAll = 100;
  const double share = logarithmic_ ? std::log(std::max(value, kTiny) / low_) / std::log(high_ / low_)
                                    : (value - low_) / (high_ - low_);
  return std::isfinite(share) ? kAll * std::clamp(share, 0.0, 1.0) : 0;
}

std::vector<double> Scale::ticks() const {
  std::vector<double> ticks;
  if (logarithmic_) {
    const bool is_wide = high_ / low_ > 1000;
    double step = 10;
    while (std::log(high_ / low_) / std::log(step) > 6) step *= 10;
    for (double decade = decade_of(low_); decade <= high_; decade *= step) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        const double value = decade * factor;
        if ((factor == 1 || !is_wide) && value >= low_ && value <= high_) ticks.push_back(value);
      }
    }
    return ticks;
  }
  constexpr double kAbout = 4;  // steps
  const double rough = (high_ - low_) / kAbout;
  const double decade = decade_of(rough);
  double step = decade;
  for (const double factor : {2.0, 5.0, 10.0}) {
    if (step < rough * 0.8) step = decade * factor;
  }
  const auto first = static_cast<std::int64_t>(std::ceil(low_ / step));
  const auto last = static_cast<std::int64_t>(std::floor(high_ / step));
  for (std::int64_t i = first; i <= last; ++i) ticks.push_back(static_cast<double>(i) * step);
  return ticks;
}

std::string tick_text(double value) {
  if (value != 0 && std::abs(value) < 1e-3) return fmt::format("{:.0e}", value);
  constexpr double kThousand = 1e3;
  if (std::abs(value) >= kThousand * kThousand) return fmt::format("{:g}M", value / kThousand / kThousand);
  if (std::abs(value) >= 10 * kThousand) return fmt::format("{:g}k", value / kThousand);
  return fmt::format("{:.4g}", value);
}

}  // namespace medbench
