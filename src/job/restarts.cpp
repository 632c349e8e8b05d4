#include "job/restarts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "stats/moments.hpp"
#include "stats/outliers.hpp"
#include "stats/pairs.hpp"

namespace medbench {

namespace {

// The samples of each process that has any.
std::vector<std::vector<Sample>> by_process(std::span<const Sample> samples) {
  std::vector<std::vector<Sample>> processes;
  for (const Sample& sample : samples) {
    if (processes.size() <= sample.process) processes.resize(sample.process + 1);
    processes[sample.process].push_back(sample);
  }
  std::erase_if(processes, [](const auto& own) { return own.empty(); });
  return processes;
}

std::map<std::uint32_t, std::vector<Sample>> by_turn(std::span<const Sample> samples) {
  std::map<std::uint32_t, std::vector<Sample>> turns;
  for (const Sample& sample : samples) turns[sample.turn].push_back(sample);
  return turns;
}

double seconds_of(std::span<const Sample> samples) {
  double seconds = 0;
  for (const Sample& sample : samples) seconds += sample.ms / 1e3;
  return seconds;
}

// Of a normal distribution: its standard deviation is that many MADs.
constexpr double kDeviationsPerMad = 1.4826;

void fill_spreads(Metrics& metrics, std::span<const Sample> samples) {
  std::vector<double> logarithms;
  for (const double ms : process_medians_ms(samples)) {
    if (!(ms > 0)) return;
    logarithms.push_back(std::log(ms));
  }
  std::vector<double> within;
  for (const auto& own : by_process(samples))
    within.push_back(kDeviationsPerMad * *median_absolute_deviation(relative_times(own)));
  metrics.set("processes.n", static_cast<double>(logarithms.size()));
  if (const auto between = sample_stdev(logarithms)) metrics.set("processes.spread_between", *between);
  if (const auto mean_within = mean(within)) metrics.set("processes.spread_within", *mean_within);
}

// An amount of work over time: amounts and times add up.
bool is_rate(const MetricInfo& metric) {
  return metric.unit == "1/s" || metric.key == "gflops" || metric.key == "mfu" ||
         metric.key == "gbytes_per_second" || metric.key == "mbu";
}

void add_metrics(Metrics& whole, double whole_s, const Metrics& part, double part_s) {
  for (const MetricInfo& metric : metric_table()) {
    const auto ours = whole.get(metric.key);
    const auto theirs = part.get(metric.key);
    if (!ours || !theirs) continue;
    if (is_rate(metric) && whole_s + part_s > 0)
      whole.set(metric.key, (*ours * whole_s + *theirs * part_s) / (whole_s + part_s));
    if (metric.key.ends_with("_peak_mb")) whole.set(metric.key, std::max(*ours, *theirs));
  }
}

// Whether all processes gave the same bytes.
void compare_outputs(Result& whole, const Result& part) {
  const auto ours = whole.details.find(kOutputHash);
  const auto theirs = part.details.find(kOutputHash);
  if (ours == whole.details.end() || theirs == part.details.end()) return;
  const bool agreed = whole.details.value(kProcessesAgree, true);
  whole.details[kProcessesAgree] = agreed && *ours == *theirs;
}

}  // namespace

void add_process(Result& whole, Result&& part) {
  add_metrics(whole.metrics, seconds_of(whole.samples), part.metrics, seconds_of(part.samples));
  const std::uint32_t number = whole.samples.empty() ? 0 : whole.samples.back().process + 1;
  for (Sample sample : part.samples) {
    sample.process = number;
    whole.samples.push_back(sample);
  }
  fill_latency_metrics(whole.metrics, whole.samples, unit_of(whole.job.work));
  fill_spreads(whole.metrics, whole.samples);
  compare_outputs(whole, part);
  if (whole.status == Status::Ok) {
    whole.status = part.status;
    whole.failure = std::move(part.failure);
  }
  for (Warning& warning : part.warnings) {
    const auto same = [&](const Warning& known) { return known.kind == warning.kind; };
    if (std::ranges::none_of(whole.warnings, same)) whole.warnings.push_back(std::move(warning));
  }
  for (std::string& note : part.notes) {
    if (std::ranges::find(whole.notes, note) == whole.notes.end()) whole.notes.push_back(std::move(note));
  }
}

std::map<std::uint32_t, double> batch_medians_ms(std::span<const Sample> samples) {
  std::map<std::uint32_t, std::vector<double>> times;
  for (const Sample& sample : samples) times[sample.slot].push_back(sample.ms);
  std::map<std::uint32_t, double> medians;
  for (const auto& [slot, ms] : times) medians[slot] = *median(ms);
  return medians;
}

double mean_over_batches_ms(std::span<const Sample> samples) {
  struct Passes {
    double ms = 0;
    double count = 0;
  };
  std::map<std::uint32_t, Passes> batches;
  for (const Sample& sample : samples) {
    Passes& passes = batches[sample.slot];
    passes.ms += sample.ms;
    ++passes.count;
  }
  double sum = 0;
  for (const auto& [slot, passes] : batches) sum += passes.ms / passes.count;
  return batches.empty() ? 0 : sum / static_cast<double>(batches.size());
}

std::vector<double> relative_times(std::span<const Sample> samples) {
  const auto medians = batch_medians_ms(samples);
  std::vector<double> relative;
  relative.reserve(samples.size());
  for (const Sample& sample : samples) {
    const double median = medians.at(sample.slot);
    relative.push_back(median > 0 ? sample.ms / median : 1);
  }
  return relative;
}

std::vector<double> process_medians_ms(std::span<const Sample> samples) {
  std::vector<double> medians;
  for (const auto& own : by_process(samples)) {
    const auto batches = batch_medians_ms(own);
    double sum = 0;
    for (const auto& [slot, ms] : batches) sum += ms;
    medians.push_back(sum / static_cast<double>(batches.size()));
  }
  return medians;
}

std::vector<std::vector<double>> turn_levels(std::span<const Sample> samples) {
  std::vector<std::vector<double>> processes;
  for (const auto& own : by_process(samples)) {
    const std::vector<double> relative = relative_times(own);
    std::map<std::uint32_t, std::vector<double>> turns;
    for (std::size_t i = 0; i < own.size(); ++i) turns[own[i].turn].push_back(relative[i]);
    auto& levels = processes.emplace_back();
    for (const auto& [turn, times] : turns) levels.push_back(*median(times));
  }
  return processes;
}

std::optional<double> log_ratio_of_turns(std::span<const Sample> candidate,
                                         std::span<const Sample> baseline) {
  const auto ours = by_turn(candidate);
  const auto theirs = by_turn(baseline);
  std::vector<double> candidate_levels;
  std::vector<double> baseline_levels;
  for (const auto& [turn, passes] : ours) {
    const auto other = theirs.find(turn);
    if (other == theirs.end()) continue;
    const auto medians = batch_medians_ms(other->second);
    std::vector<double> candidate_logs;
    std::vector<double> baseline_logs;
    for (const auto& [slot, ms] : batch_medians_ms(passes)) {
      const auto found = medians.find(slot);
      if (found == medians.end()) continue;
      candidate_logs.push_back(std::log(ms));
      baseline_logs.push_back(std::log(found->second));
    }
    if (candidate_logs.empty()) continue;
    candidate_levels.push_back(std::exp(*mean(candidate_logs)));
    baseline_levels.push_back(std::exp(*mean(baseline_logs)));
  }
  return pair_log_ratio(candidate_levels, baseline_levels);
}

}  // namespace medbench
