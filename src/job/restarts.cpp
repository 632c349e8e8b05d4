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

namespace medbench {

namespace {

std::vector<std::vector<double>> by_process(std::span<const Sample> samples) {
  std::vector<std::vector<double>> processes;
  for (const Sample& sample : samples) {
    if (processes.size() <= sample.process) processes.resize(sample.process + 1);
    processes[sample.process].push_back(sample.ms);
  }
  std::erase_if(processes, [](const auto& times) { return times.empty(); });
  return processes;
}

std::vector<std::map<std::uint32_t, std::vector<double>>> by_process_and_slot(
    std::span<const Sample> samples) {
  std::vector<std::map<std::uint32_t, std::vector<double>>> processes;
  for (const Sample& sample : samples) {
    if (processes.size() <= sample.process) processes.resize(sample.process + 1);
    processes[sample.process][sample.slot].push_back(sample.ms);
  }
  std::erase_if(processes, [](const auto& batches) { return batches.empty(); });
  return processes;
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
  std::vector<double> within;
  for (const auto& times : by_process(samples)) {
    const double middle = *median(times);
    if (!(middle > 0)) return;
    logarithms.push_back(std::log(middle));
    within.push_back(kDeviationsPerMad * *median_absolute_deviation(times) / middle);
  }
  metrics.set("processes.n", static_cast<double>(logarithms.size()));
  if (const auto between = sample_stdev(logarithms)) metrics.set("processes.spread_between", *between);
  if (const auto mean_within = mean(within)) metrics.set("processes.spread_within", *mean_within);
}

// An amount of work over time: amounts and times add up.
bool is_rate(const MetricInfo& metric) {
  return metric.key.ends_with("_per_second") || metric.key == "gflops" || metric.key == "mfu";
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

std::vector<double> process_medians_ms(std::span<const Sample> samples) {
  std::vector<double> medians;
  for (const auto& batches : by_process_and_slot(samples)) {
    double sum = 0;
    for (const auto& [slot, times] : batches) sum += *median(times);
    medians.push_back(sum / static_cast<double>(batches.size()));
  }
  return medians;
}

}  // namespace medbench
