#include "measure/fill_metrics.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/core.h>
#include <string_view>

#include "job/restarts.hpp"
#include "stats/moments.hpp"

namespace medbench {

void fill_loop_metrics(Metrics& metrics, const Measurement& measurement, Unit unit) {
  fill_latency_metrics(metrics, measurement.samples, unit);
  metrics.set("first_run_ms", measurement.first_run_ms);
  metrics.set("warmup_iterations", static_cast<double>(measurement.warmup_ms.size()));
}

void fill_throughput_metrics(Metrics& metrics, std::span<const Sample> samples, std::span<const Work> slots,
                             Unit unit) {
  double tokens = 0;  // of one pass of each batch
  double useful_tokens = 0;
  for (const Work& work : slots) {
    tokens += work.tokens;
    useful_tokens += work.useful_tokens;
  }
  if (tokens > 0) metrics.set("padding_ratio", 1 - useful_tokens / tokens);
  // A clock that did not move gives no rate.
  const auto rate = [&](std::string_view key, double amount, double seconds) {
    if (seconds > 0) {
      metrics.set(key, amount / seconds);
    } else {
      metrics.set_absent(key, "no time passed");
    }
  };
  const auto medians = batch_medians_ms(samples);
  const auto batches = static_cast<double>(medians.size());
  const double pass_ms =
      unit == Unit::Pass ? mean(latencies_ms(samples)).value_or(0) : mean_over_batches_ms(samples);
  for (const WorkUnit& work_unit : kWorkUnits) {
    double amount = 0;  // of one pass of each batch that was run
    for (const auto& [slot, ms] : medians) amount += slots[slot].*work_unit.amount;
    if (amount > 0) rate(work_unit.rate, amount / batches, pass_ms / 1e3);
  }
  double operations = 0;
  double moved_bytes = 0;
  double medians_s = 0;  // of one pass of each batch
  for (const auto& [slot, ms] : medians) {
    operations += slots[slot].operations;
    moved_bytes += slots[slot].moved_bytes;
    medians_s += ms / 1e3;
  }
  if (operations > 0) rate("gflops", operations / 1e9, medians_s);
  if (moved_bytes > 0) rate("gbytes_per_second", moved_bytes / 1e9, medians_s);
}

void fill_peak_metric(Metrics& metrics, const PeakMetric& metric, double peak) {
  metrics.set(metric.peak, peak);
  if (const auto rate = metrics.get(metric.rate); rate && peak > 0) metrics.set(metric.share, *rate / peak);
}

void fill_memory_metrics(Metrics& metrics, const MemorySnapshot& start, const PeakReset& reset,
                         const MemorySnapshot& end, const std::map<std::string, double>& device) {
  constexpr std::string_view kRunPeak = "memory_usage_mb.cpu_rss_run_peak_mb";
  metrics.set("memory_usage_mb.cpu_rss_start_mb", start.rss_mb);
  metrics.set("memory_usage_mb.cpu_rss_end_mb", end.rss_mb);
  metrics.set("memory_usage_mb.cpu_rss_peak_mb", std::max(reset.before_mb, end.peak_mb));
  if (reset.refusal.empty()) {
    metrics.set(kRunPeak, end.peak_mb);
  } else {
    metrics.set_absent(kRunPeak, "the peak could not be reset: " + reset.refusal);
  }
  metrics.set("memory_usage_mb.cpu_rss_anonymous_mb", end.anonymous_mb);
  metrics.set("memory_usage_mb.cpu_rss_file_mb", end.file_mb);
  metrics.set("memory_usage_mb.cpu_vms_start_mb", start.vms_mb);
  metrics.set("memory_usage_mb.cpu_vms_end_mb", end.vms_mb);
  for (const auto& [key, value] : device) metrics.set("memory_usage_mb." + key, value);
  for (const char* kind : {"cpu_rss", "cpu_vms", "gpu_allocated", "gpu_reserved"}) {
    const auto at = [&](const char* when) {
      return metrics.get(fmt::format("memory_usage_mb.{}_{}_mb", kind, when));
    };
    if (at("start") && at("end"))
      metrics.set(fmt::format("memory_usage_mb.{}_delta_mb", kind), *at("end") - *at("start"));
  }
}

}  // namespace medbench
