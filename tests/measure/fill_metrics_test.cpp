#include "measure/fill_metrics.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace medbench {
namespace {

TEST(FillMetrics, Latencies) {
  Metrics metrics;
  fill_latency_metrics(
      metrics,
      {.warmup_ms = {9}, .samples_ms = {1, 2, 3, 4, 5, 9}, .device_samples_ms = {2, 4}, .first_run_ms = 9});
  EXPECT_EQ(metrics.get("avg_latency_ms"), 4);
  EXPECT_EQ(metrics.get("latency_ms.min"), 1);
  EXPECT_EQ(metrics.get("latency_ms.p50"), 3.5);
  EXPECT_EQ(metrics.get("latency_ms.max"), 9);
  EXPECT_EQ(metrics.get("latency_ms.ci95_low"), 1);
  EXPECT_EQ(metrics.get("latency_ms.ci95_high"), 9);
  EXPECT_EQ(metrics.get("latency_ms.mad"), 1.5);
  EXPECT_EQ(metrics.get("latency_ms.n"), 6);
  EXPECT_EQ(metrics.get("device_latency_ms.mean"), 3);
  EXPECT_EQ(metrics.get("first_run_ms"), 9);
  EXPECT_EQ(metrics.get("warmup_iterations"), 1);
  EXPECT_EQ(metrics.get("num_iterations"), 6);
  EXPECT_FALSE(metrics.get("latency_ms.p99"));
  EXPECT_EQ(metrics.all().at("latency_ms.p99").reason, "needs at least 662 samples");
}

TEST(FillMetrics, OneSampleHasNoSpreadAndNoInterval) {
  Metrics metrics;
  fill_latency_metrics(metrics, {.samples_ms = {3}});
  EXPECT_EQ(metrics.get("latency_ms.p50"), 3);
  EXPECT_EQ(metrics.all().at("latency_ms.stdev").reason, "needs at least 2 samples");
  EXPECT_EQ(metrics.all().at("latency_ms.ci95_low").reason, "needs at least 6 samples");
  EXPECT_FALSE(metrics.all().contains("device_latency_ms.min"));
}

TEST(FillMetrics, RatesOverMeanAndMedian) {
  Metrics metrics;
  const std::vector<double> samples{10, 10, 40};  // mean 20 ms, median 10 ms
  fill_throughput_metrics(metrics, samples,
                          {.sequences = 4, .tokens = 400, .useful_tokens = 300, .operations = 2'000'000'000});
  EXPECT_DOUBLE_EQ(*metrics.get("tokens_per_second"), 20000);
  EXPECT_DOUBLE_EQ(*metrics.get("useful_tokens_per_second"), 15000);
  EXPECT_DOUBLE_EQ(*metrics.get("sequences_per_second"), 200);
  EXPECT_DOUBLE_EQ(*metrics.get("padding_ratio"), 0.25);
  EXPECT_DOUBLE_EQ(*metrics.get("gflops"), 200);
}

TEST(FillMetrics, NoTimeGivesNoRate) {
  Metrics metrics;
  fill_throughput_metrics(metrics, std::vector<double>{0, 0},
                          {.sequences = 1, .tokens = 1, .useful_tokens = 1});
  EXPECT_EQ(metrics.all().at("tokens_per_second").reason, "no time passed");
  EXPECT_FALSE(metrics.all().contains("gflops"));
}

TEST(FillMetrics, ShareOfThePeak) {
  Metrics metrics;
  fill_peak_metrics(metrics, 500);
  EXPECT_FALSE(metrics.all().contains("mfu"));
  metrics.set("gflops", 200);
  fill_peak_metrics(metrics, 500);
  EXPECT_DOUBLE_EQ(*metrics.get("peak_gflops"), 500);
  EXPECT_DOUBLE_EQ(*metrics.get("mfu"), 0.4);
}

TEST(FillMetrics, Memory) {
  Metrics metrics;
  fill_memory_metrics(
      metrics, {.rss_mb = 1, .vms_mb = 2, .peak_mb = 3}, {.rss_mb = 4, .vms_mb = 1.5, .peak_mb = 6},
      {{"gpu_allocated_start_mb", 10}, {"gpu_allocated_end_mb", 40}, {"gpu_reserved_end_mb", 64}});
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_start_mb"), 1);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_end_mb"), 4);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_vms_start_mb"), 2);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_vms_end_mb"), 1.5);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_peak_mb"), 6);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_delta_mb"), 3);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_vms_delta_mb"), -0.5);
  EXPECT_EQ(metrics.get("memory_usage_mb.gpu_allocated_delta_mb"), 30);
  EXPECT_EQ(metrics.get("memory_usage_mb.gpu_reserved_end_mb"), 64);
  EXPECT_EQ(metrics.get("memory_usage_mb.gpu_reserved_delta_mb"), std::nullopt) << "its start is not known";
}

}  // namespace
}  // namespace medbench
