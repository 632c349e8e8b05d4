#include "measure/fill_metrics.hpp"

#include <cstddef>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <string_view>

#include "stats/moments.hpp"
#include "stats/percentile.hpp"
#include "stats/summary.hpp"

namespace medbench {

namespace {

void set(Metrics& metrics, std::string_view key, const std::optional<double>& value,
         std::string_view needed) {
  if (value) {
    metrics.set(key, *value);
  } else {
    metrics.set_absent(key, fmt::format("needs at least {} samples", needed));
  }
}

void fill_percentiles(Metrics& metrics, const Summary& summary) {
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    const std::string needed = fmt::format("{}", min_samples_for_percentile(kPercentiles[i].p));
    set(metrics, fmt::format("latency_ms.{}", kPercentiles[i].name), summary.percentiles[i], needed);
  }
}

void fill_device_metrics(Metrics& metrics, std::span<const double> samples_ms) {
  const Summary summary = summarize(samples_ms);
  if (summary.n == 0) return;  // no timer of its own: no rows
  metrics.set("device_latency_ms.min", *summary.min);
  metrics.set("device_latency_ms.p50", *summary.median);
  metrics.set("device_latency_ms.mean", *summary.mean);
  metrics.set("device_latency_ms.max", *summary.max);
}

}  // namespace

void fill_latency_metrics(Metrics& metrics, const Measurement& measurement) {
  const Summary summary = summarize(measurement.samples_ms);
  set(metrics, "avg_latency_ms", summary.mean, "1");
  set(metrics, "latency_ms.min", summary.min, "1");
  set(metrics, "latency_ms.p50", summary.median, "1");
  fill_percentiles(metrics, summary);
  set(metrics, "latency_ms.max", summary.max, "1");
  set(metrics, "latency_ms.mean", summary.mean, "1");
  set(metrics, "latency_ms.stdev", summary.stdev, "2");
  const auto& ci = summary.ci95;
  set(metrics, "latency_ms.ci95_low", ci ? std::optional(ci->low) : std::nullopt, "6");
  set(metrics, "latency_ms.ci95_high", ci ? std::optional(ci->high) : std::nullopt, "6");
  set(metrics, "latency_ms.mad", summary.mad, "1");
  metrics.set("latency_ms.n", static_cast<double>(summary.n));
  metrics.set("latency_ms.outliers", static_cast<double>(summary.outliers));
  fill_device_metrics(metrics, measurement.device_samples_ms);
  metrics.set("first_run_ms", measurement.first_run_ms);
  metrics.set("warmup_iterations", static_cast<double>(measurement.warmup_ms.size()));
  metrics.set("num_iterations", static_cast<double>(measurement.samples_ms.size()));
}

void fill_throughput_metrics(Metrics& metrics, std::span<const double> samples_ms, const WorkPerPass& work) {
  if (work.tokens > 0) metrics.set("padding_ratio", 1 - work.useful_tokens / work.tokens);
  // A clock that did not move gives no rate.
  const double mean_s = mean(samples_ms).value_or(0) / 1e3;
  const double median_s = median(samples_ms).value_or(0) / 1e3;
  const auto rate = [&](std::string_view key, double amount, double seconds) {
    if (seconds > 0) {
      metrics.set(key, amount / seconds);
    } else {
      metrics.set_absent(key, "no time passed");
    }
  };
  rate("tokens_per_second", work.tokens, mean_s);
  rate("useful_tokens_per_second", work.useful_tokens, mean_s);
  rate("sequences_per_second", static_cast<double>(work.sequences), mean_s);
  if (work.operations > 0) rate("gflops", static_cast<double>(work.operations) / 1e9, median_s);
}

void fill_peak_metrics(Metrics& metrics, double peak_gflops) {
  metrics.set("peak_gflops", peak_gflops);
  if (const auto gflops = metrics.get("gflops"); gflops && peak_gflops > 0)
    metrics.set("mfu", *gflops / peak_gflops);
}

void fill_memory_metrics(Metrics& metrics, const MemorySnapshot& start, const MemorySnapshot& end,
                         const std::map<std::string, double>& device) {
  metrics.set("memory_usage_mb.cpu_rss_start_mb", start.rss_mb);
  metrics.set("memory_usage_mb.cpu_rss_end_mb", end.rss_mb);
  metrics.set("memory_usage_mb.cpu_rss_peak_mb", end.peak_mb);
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
