#include "stats/processes.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <numbers>

#include "stats/moments.hpp"

namespace medbench {

namespace {

bool all_positive(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return x > 0 && std::isfinite(x); });
}

struct Side {
  double mean = 0;
  double variance_of_mean = 0;
  double count = 0;
};

Side side_of(std::span<const double> medians) {
  std::vector<double> logs(medians.size());
  std::transform(medians.begin(), medians.end(), logs.begin(), [](double x) { return std::log(x); });
  const double deviation = *sample_stdev(logs);
  const auto count = static_cast<double>(logs.size());
  return {*mean(logs), deviation * deviation / count, count};
}

// Degrees of freedom by Welch and Satterthwaite.
double welch_degrees(const Side& a, const Side& b) {
  const double variance = a.variance_of_mean + b.variance_of_mean;
  if (!(variance > 0)) return a.count + b.count - 2;
  const auto part = [&](const Side& side) {
    const double share = side.variance_of_mean / variance;
    return share * share / (side.count - 1);
  };
  return 1 / (part(a) + part(b));
}

// The square of the change over a life, less what the noise of turns adds to it on average; may be negative.
double squared_change(std::span<const double> turns) {
  constexpr double kNormalQuartile = 0.6745;  // makes the median of absolute values a standard deviation
  const std::size_t half = turns.size() / 2;
  const double change = 2 * std::log(*median(turns.last(half)) / *median(turns.first(half)));
  if (half < 2) return change * change;  // no telling a drift of two turns from their noise
  std::vector<double> steps;
  for (std::size_t i = 0; i + 1 < turns.size(); ++i)
    steps.push_back(std::abs(std::log(turns[i + 1] / turns[i])));
  const double step =
      *median(steps) / kNormalQuartile;  // of two turns: the variance of one is half its square
  const double variance_of_half = std::numbers::pi / 2 * step * step / 2 / static_cast<double>(half);
  return change * change - 4 * 2 * variance_of_half;
}

}  // namespace

ProcessComparison compare_processes(std::span<const double> candidate_medians,
                                    std::span<const double> baseline_medians,
                                    const ProcessTestOptions& options) {
  ProcessComparison result{.candidates = candidate_medians.size(), .baselines = baseline_medians.size()};
  if (std::min(result.candidates, result.baselines) < kFewestProcesses) {
    result.reason = fmt::format("it takes {} processes a side, and there are {} and {}", kFewestProcesses,
                                result.candidates, result.baselines);
    return result;
  }
  if (!all_positive(candidate_medians) || !all_positive(baseline_medians)) {
    result.reason = "a median is not a number above zero";
    return result;
  }
  const Side candidate = side_of(candidate_medians);
  const Side baseline = side_of(baseline_medians);
  double variance = candidate.variance_of_mean + baseline.variance_of_mean;
  if (!options.took_turns) {
    variance += (candidate.count * options.candidate_drift * options.candidate_drift +
                 baseline.count * options.baseline_drift * options.baseline_drift) /
                3;
  }
  const LogRatio estimate{.value = candidate.mean - baseline.mean,
                          .standard_error = std::sqrt(variance),
                          .degrees = welch_degrees(candidate, baseline)};
  result.ratio = std::exp(estimate.value);
  result.interval = ratio_interval(estimate, options.confidence);
  result.detectable = detectable_difference(estimate, options.confidence);
  result.verdict = judge_interval(*result.interval, options.equivalence);
  if (result.verdict == Verdict::Undecided) {
    result.reason = fmt::format("{} and {} processes with this spread show differences from {:.1f} % on",
                                result.candidates, result.baselines, *result.detectable * 100);
  }
  return result;
}

double drift_over_life(std::span<const std::vector<double>> turn_medians) {
  double squares = 0;
  double count = 0;
  for (const std::vector<double>& turns : turn_medians) {
    if (turns.size() < 2 || !all_positive(turns)) continue;
    squares += squared_change(turns);
    ++count;
  }
  return count > 0 ? std::sqrt(std::max(0.0, squares / count)) : 0;
}

}  // namespace medbench
