// What the stop rule is worth: simulated processes with the kinds of noise that machines have, each measured
// until the rule ends it, and how often the interval that is then reported holds the true median. A run whose
// samples are worth too few independent ones reports none: these are counted apart and are not in the share.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "stats/stop_check.hpp"
#include "stats/summary.hpp"
#include "tests/stats/noise.hpp"

namespace medbench {
namespace {

constexpr double kBaseMs = 10;
constexpr double kBudgetMs = 8000;
constexpr int kRuns = 2000;

double below(double value, double center, double deviation) {
  return std::erfc((center - value) / (deviation * std::numbers::sqrt2)) / 2;
}

// Where a rising function reaches 1/2.
double solve_for_half(const std::function<double(double)>& share_below, double low, double high) {
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (share_below(middle) < 0.5 ? low : high) = middle;
  }
  return low;
}

class Process {
 public:
  Process() = default;
  virtual ~Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  virtual double next_ms() = 0;
  [[nodiscard]] virtual double true_median_ms(std::size_t taken) const = 0;
};

// The truth is the median of the distribution that every sample has.
class Correlated : public Process {
 public:
  Correlated(Random& random, double rho, double deviation) : noise_(random, rho), deviation_(deviation) {}
  double next_ms() override { return kBaseMs * std::exp(deviation_ * noise_.next()); }
  [[nodiscard]] double true_median_ms(std::size_t) const override { return kBaseMs; }

 private:
  Autoregressive noise_;
  double deviation_;
};

// One step up or down somewhere in the first 300 samples. The truth is the median of the mixture of what ran
// before and after, up to the stop: of what comes later no rule can know.
class Step : public Process {
 public:
  Step(Random& random, double height, double deviation)
      : random_(random),
        at_(static_cast<std::size_t>(random.uniform() * 300)),
        after_ms_(kBaseMs * (random.uniform() < 0.5 ? 1 - height : 1 + height)),
        deviation_ms_(kBaseMs * deviation) {}
  double next_ms() override {
    return (taken_++ < at_ ? kBaseMs : after_ms_) + deviation_ms_ * random_.normal();
  }
  [[nodiscard]] double true_median_ms(std::size_t taken) const override {
    const double before = static_cast<double>(std::min(taken, at_)) / static_cast<double>(taken);
    return solve_for_half(
        [&](double ms) {
          return before * below(ms, kBaseMs, deviation_ms_) +
                 (1 - before) * below(ms, after_ms_, deviation_ms_);
        },
        kBaseMs / 2, kBaseMs * 2);
  }

 private:
  Random& random_;
  std::size_t at_;
  double after_ms_;
  double deviation_ms_;
  std::size_t taken_ = 0;
};

// A straight line. The truth is the median of the mixture of what ran up to the stop; its noise being
// symmetric, that is the middle of the line.
class SlowDrift : public Process {
 public:
  SlowDrift(Random& random, double change_per_1000, double deviation)
      : random_(random), slope_ms_(kBaseMs * change_per_1000 / 1000), deviation_ms_(kBaseMs * deviation) {}
  double next_ms() override {
    return kBaseMs + slope_ms_ * static_cast<double>(taken_++) + deviation_ms_ * random_.normal();
  }
  [[nodiscard]] double true_median_ms(std::size_t taken) const override {
    return kBaseMs + slope_ms_ * static_cast<double>(taken - 1) / 2;
  }

 private:
  Random& random_;
  double slope_ms_;
  double deviation_ms_;
  std::size_t taken_ = 0;
};

// Two modes, the slower for `share` of the time and `stay` samples at a stretch. The truth is the median of
// the distribution in the long run.
class TwoModes : public Process {
 public:
  TwoModes(Random& random, double share, double stay, double gap, double deviation)
      : random_(random),
        share_(share),
        leave_slow_(1 / stay),
        leave_fast_(share / (1 - share) / stay),
        slow_ms_(kBaseMs * (1 + gap)),
        deviation_ms_(kBaseMs * deviation),
        is_slow_(random.uniform() < share) {}
  double next_ms() override {
    if (random_.uniform() < (is_slow_ ? leave_slow_ : leave_fast_)) is_slow_ = !is_slow_;
    return (is_slow_ ? slow_ms_ : kBaseMs) + deviation_ms_ * random_.normal();
  }
  [[nodiscard]] double true_median_ms(std::size_t) const override {
    return solve_for_half(
        [&](double ms) {
          return (1 - share_) * below(ms, kBaseMs, deviation_ms_) +
                 share_ * below(ms, slow_ms_, deviation_ms_);
        },
        kBaseMs / 2, kBaseMs * 2);
  }

 private:
  Random& random_;
  double share_;
  double leave_slow_;
  double leave_fast_;
  double slow_ms_;
  double deviation_ms_;
  bool is_slow_;
};

struct Outcome {
  int covered = 0;
  int without_interval = 0;
  int by_budget = 0;
  std::vector<std::size_t> samples;
};

using Maker = std::function<std::unique_ptr<Process>(Random&)>;

Outcome simulate(const Maker& make, std::uint64_t seed) {
  Random random(seed);
  Outcome outcome;
  for (int run = 0; run < kRuns; ++run) {
    const std::unique_ptr<Process> process = make(random);
    StopCheck check;
    std::vector<double> samples;
    bool known = false;
    for (double total_ms = 0; !known && total_ms < kBudgetMs; total_ms += samples.back()) {
      samples.push_back(process->next_ms());
      known = check.median_known(samples);
    }
    outcome.by_budget += known ? 0 : 1;
    outcome.samples.push_back(samples.size());
    const auto interval = summarize(samples).ci95;
    if (!interval) {
      ++outcome.without_interval;
      continue;
    }
    const double truth = process->true_median_ms(samples.size());
    outcome.covered += interval->low <= truth && truth <= interval->high ? 1 : 0;
  }
  std::sort(outcome.samples.begin(), outcome.samples.end());
  return outcome;
}

void expect_coverage(const char* name, const Maker& make) {
  const Outcome outcome = simulate(make, 42);
  const int with_interval = kRuns - outcome.without_interval;
  const double covered = 100.0 * outcome.covered / with_interval;
  std::printf(
      "%-46s covers in %.1f %%, samples %zu (half of the runs) %zu (nine of ten), by budget %.1f %%, "
      "no interval %.1f %%\n",
      name, covered, outcome.samples[kRuns / 2], outcome.samples[kRuns * 9 / 10],
      100.0 * outcome.by_budget / kRuns, 100.0 * outcome.without_interval / kRuns);
  EXPECT_GE(covered, 93) << name;
  EXPECT_LE(outcome.without_interval, kRuns / 10) << name;
}

template <typename P, typename... Args>
Maker maker(Args... args) {
  return [=](Random& random) { return std::make_unique<P>(random, args...); };
}

TEST(Stopping, IndependentNoise) {
  expect_coverage("independent, deviation 1 %", maker<Correlated>(0.0, 0.01));
  expect_coverage("independent, deviation 3 %", maker<Correlated>(0.0, 0.03));
}

TEST(Stopping, AutoregressiveNoise) {
  expect_coverage("autoregressive 0.5, deviation 2 %", maker<Correlated>(0.5, 0.02));
  expect_coverage("autoregressive 0.9, deviation 0.6 %", maker<Correlated>(0.9, 0.006));
}

TEST(Stopping, AStep) {
  expect_coverage("step of 5 %, deviation 2 %", maker<Step>(0.05, 0.02));
}

TEST(Stopping, ASlowDrift) {
  expect_coverage("drift of 5 % in 1,000, deviation 2 %", maker<SlowDrift>(0.05, 0.02));
}

TEST(Stopping, TwoModes) {
  expect_coverage("modes 3 % apart, 10 and 23 samples long", maker<TwoModes>(0.3, 10.0, 0.03, 0.01));
}

}  // namespace
}  // namespace medbench
