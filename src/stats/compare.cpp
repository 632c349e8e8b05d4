#include "stats/compare.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "stats/moments.hpp"
#include "stats/percentile.hpp"

namespace medbench {

namespace {

// The k-th smallest (from 1) of n uniform draws follows Beta(k, n - k + 1).
double draw_uniform_order_statistic(std::mt19937_64& random, double k, double n) {
  const double a = std::gamma_distribution<double>(k)(random);
  const double b = std::gamma_distribution<double>(n - k + 1)(random);
  return a / (a + b);
}

// The median of one resample with replacement, without making the resample: a draw from the samples is the
// sample at position floor(n u), which is monotone in u, so order statistics of draws are samples at order
// statistics of uniforms.
double resampled_median(std::span<const double> sorted, std::mt19937_64& random) {
  const double n = static_cast<double>(sorted.size());
  const auto at = [&](double u) {
    return sorted[std::min(static_cast<std::size_t>(u * n), sorted.size() - 1)];
  };
  if (sorted.size() % 2 == 1) return at(draw_uniform_order_statistic(random, (n + 1) / 2, n));
  const double lower = draw_uniform_order_statistic(random, n / 2, n);
  // The next one is the smallest of the n / 2 draws that are left above it.
  const double upper = lower + (1 - lower) * draw_uniform_order_statistic(random, 1, n / 2);
  return (at(lower) + at(upper)) / 2;
}

bool all_positive(std::span<const double> samples) {
  return std::all_of(samples.begin(), samples.end(), [](double x) { return x > 0 && std::isfinite(x); });
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Faster:
      return "faster";
    case Verdict::Slower:
      return "slower";
    case Verdict::Same:
      return "same";
    case Verdict::Undecided:
      return "undecided";
  }
  return "undecided";
}

std::optional<RatioEstimate> compare_medians(std::span<const double> candidate,
                                             std::span<const double> baseline,
                                             const BootstrapOptions& options) {
  if (candidate.size() < 2 || baseline.size() < 2 || options.resamples == 0) return std::nullopt;
  if (!all_positive(candidate) || !all_positive(baseline)) return std::nullopt;
  const std::vector<double> above = sorted(candidate);
  const std::vector<double> below = sorted(baseline);
  std::mt19937_64 random(options.seed);
  std::vector<double> ratios;
  ratios.reserve(options.resamples);
  for (std::size_t i = 0; i < options.resamples; ++i) {
    const double numerator = resampled_median(above, random);
    ratios.push_back(numerator / resampled_median(below, random));
  }
  std::sort(ratios.begin(), ratios.end());
  const double tail = (1 - options.confidence) / 2;
  return RatioEstimate{*median_of_sorted(above) / *median_of_sorted(below),
                       {percentile(ratios, tail), percentile(ratios, 1 - tail)}};
}

std::optional<RatioEstimate> compare_pairs(std::span<const double> candidate,
                                           std::span<const double> baseline, double confidence) {
  if (candidate.size() != baseline.size() || !all_positive(candidate) || !all_positive(baseline))
    return std::nullopt;
  std::vector<double> ratios(candidate.size());
  std::transform(candidate.begin(), candidate.end(), baseline.begin(), ratios.begin(),
                 [](double a, double b) { return a / b; });
  std::sort(ratios.begin(), ratios.end());
  const auto interval = median_interval(ratios, confidence);
  if (!interval) return std::nullopt;
  return RatioEstimate{*median_of_sorted(ratios), *interval};
}

Verdict judge(const std::optional<RatioEstimate>& estimate, double equivalence) {
  if (!estimate) return Verdict::Undecided;
  const auto [low, high] = estimate->interval;
  if (low >= 1 - equivalence && high <= 1 + equivalence) return Verdict::Same;
  if (high < 1) return Verdict::Faster;
  if (low > 1) return Verdict::Slower;
  return Verdict::Undecided;
}

}  // namespace medbench
