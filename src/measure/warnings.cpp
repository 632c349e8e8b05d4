#include "measure/warnings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/core.h>

#include "stats/outliers.hpp"
#include "stats/trend.hpp"

namespace medbench {

namespace {

constexpr std::size_t kMostWindows = 10;
constexpr std::size_t kFewestInWindow = 5;

// Each rule gives the text of its warning, or an empty one when there is nothing to warn of.
using Rule = std::string (*)(const WarningInputs&);

std::string unsteady(const WarningInputs& in) {
  // A median of fewer samples says more about them than about the window.
  const std::size_t windows = std::min(kMostWindows, in.samples.size() / kFewestInWindow);
  const double spread = spread_of_window_medians(in.samples, windows);
  if (!(spread > kUnsteadySpread)) return {};
  return fmt::format("the median moved by {:.0f} % within the measurement", spread * 100);
}

std::string drifting(const WarningInputs& in) {
  const Drift drift = find_drift(in.samples);
  if (drift.p_value >= kDriftSignificance || std::abs(drift.relative_change) < kDriftChange) return {};
  return fmt::format("latency went {} by {:.1f} % from the first to the last iteration",
                     drift.relative_change > 0 ? "up" : "down", std::abs(drift.relative_change) * 100);
}

std::string few_samples(const WarningInputs& in) {
  if (in.samples.size() >= kFewSamples) return {};
  return fmt::format("{} timed iteration{}, fewer than {}", in.samples.size(),
                     in.samples.size() == 1 ? "" : "s", kFewSamples);
}

std::string batches_left(const WarningInputs& in) {
  if (in.batches_run >= in.batches) return {};
  return fmt::format("{} of {} batches were run: the rates and latencies are of these", in.batches_run,
                     in.batches);
}

std::string outliers(const WarningInputs& in) {
  const std::size_t count = find_outliers(in.samples).size();
  const double allowed = kOutlierShare * static_cast<double>(in.samples.size());
  if (count == 0 || static_cast<double>(count) <= allowed) return {};
  return fmt::format("{} of {} iterations are outliers", count, in.samples.size());
}

bool others_are_busy(const LoadReport& load) {
  return load.other_share > kOtherLoadShare && load.other_s > kOtherLoadFloorS;
}

bool is_preempted(const LoadReport& load, std::int64_t threads) {
  // Interruptions that took no time cost none: those of the kernel's own threads are many and short.
  if (load.other_share < kPreemptingShare) return false;
  // A thread more than processors is preempted without any help: that is oversubscribed, not other load.
  if (load.cpus > 0 && threads > load.cpus) return false;
  const double limit = kSwitchesPerThread * static_cast<double>(std::max<std::int64_t>(threads, 1));
  return load.wall_s >= kSwitchesFloorS && load.switches_per_s > limit;
}

std::string other_load(const WarningInputs& in) {
  if (!is_disturbed(in.load, in.threads)) return {};
  return fmt::format(
      "other processes used {:.0f} % of the processors' time; this one was interrupted {:.0f} times a second",
      in.load.other_share * 100, in.load.switches_per_s);
}

std::string cpu_stolen(const WarningInputs& in) {
  if (in.load.stolen_share <= kStolenShare) return {};
  return fmt::format("the hypervisor gave {:.0f} % of the processors' time to other guests",
                     in.load.stolen_share * 100);
}

std::string cpu_throttled(const WarningInputs& in) {
  if (in.load.throttling.count <= 0) return {};
  return fmt::format("the control group was stopped {} times for {:.2f} s because its quota was used up",
                     in.load.throttling.count, in.load.throttling.seconds);
}

std::string more_cores(const WarningInputs& in) {
  const auto threads = static_cast<double>(in.threads);
  if (in.load.wall_s < kSwitchesFloorS || in.load.own_cpus <= threads * (1 + kMoreCores)) return {};
  return fmt::format("{} thread{} asked for, and the worker kept {:.1f} processors busy", in.threads,
                     in.threads == 1 ? " was" : "s were", in.load.own_cpus);
}

std::string thread_variables(const WarningInputs& in) {
  if (in.variables.empty()) return {};
  return fmt::format("the environment sets {}, which may change how threads wait and work", in.variables);
}

std::string oversubscribed(const WarningInputs& in) {
  if (in.machine.logical_cores <= 0 || in.threads <= in.machine.logical_cores) return {};
  return fmt::format("{} threads on {} processors", in.threads, in.machine.logical_cores);
}

std::string cpu_frequency_scaling(const WarningInputs& in) {
  if (in.machine.governor.empty() || in.machine.governor == "unknown" || in.machine.governor == "performance")
    return {};
  return fmt::format("the frequency governor is {}", in.machine.governor);
}

std::string debug_build(const WarningInputs& in) {
  if (in.build_type == "Release" || in.build_type == "RelWithDebInfo" || in.build_type == "MinSizeRel")
    return {};
  return fmt::format("medbench was built as {}",
                     in.build_type.empty() ? "an unknown build type" : in.build_type);
}

std::string precision(const WarningInputs& in) {
  if (in.effective_precision.empty() || in.effective_precision == in.precision) return {};
  return fmt::format("{} was asked for, {} ran", in.precision, in.effective_precision);
}

struct Row {
  std::string_view kind;
  Rule text;
  std::string_view advice;
};
constexpr std::array kRules{
    Row{"unsteady", unsteady, "repeat on an idle machine, or measure longer"},
    Row{"drifting", drifting, "warm up longer, and look for heat or for another job that comes or goes"},
    Row{"few_samples", few_samples,
        "raise --num-iterations, or leave it out so that the stopping rule decides"},
    Row{"batches_left", batches_left, "raise --num-iterations or --time-budget, or lower --text-batches"},
    Row{"outliers", outliers, "read the median and the percentiles rather than the mean"},
    Row{"other_load", other_load,
        "stop other processes; threads that wait for each other suffer up to ten times"},
    Row{"cpu_stolen", cpu_stolen, "use a machine with dedicated processors"},
    Row{"cpu_throttled", cpu_throttled,
        "raise the quota of the container, or set --threads to what it grants"},
    Row{"more_cores", more_cores, "compare it with rows that used as many processors"},
    Row{"thread_variables", thread_variables, "unset them, or compare only rows with the same"},
    Row{"oversubscribed", oversubscribed, "set --threads to the number of physical cores"},
    Row{"cpu_frequency_scaling", cpu_frequency_scaling, "set the governor to performance while measuring"},
    Row{"debug_build", debug_build, "measure with a release build"},
    Row{"precision", precision, "compare it with rows of the precision that ran"},
};

}  // namespace

bool is_disturbed(const LoadReport& load, std::int64_t threads) {
  return others_are_busy(load) || is_preempted(load, threads);
}

std::vector<Warning> find_warnings(const WarningInputs& inputs) {
  std::vector<Warning> warnings;
  for (const auto& rule : kRules) {
    std::string text = rule.text(inputs);
    if (!text.empty()) {
      warnings.push_back(
          {.kind = std::string(rule.kind), .text = std::move(text), .advice = std::string(rule.advice)});
    }
  }
  return warnings;
}

}  // namespace medbench
