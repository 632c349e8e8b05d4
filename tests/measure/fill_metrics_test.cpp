#include "measure/fill_metrics.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace medbench {
namespace {

TEST(FillMetrics, OfTheLoop) {
  Metrics metrics;
  fill_loop_metrics(metrics, {.warmup_ms = {9}, .samples = {{.ms = 3}}, .first_run_ms = 9});
  EXPECT_EQ(metrics.get("latency_ms.p50"), 3);
  EXPECT_EQ(metrics.get("first_run_ms"), 9);
  EXPECT_EQ(metrics.get("warmup_iterations"), 1);
}

TEST(FillMetrics, RatesOverAllPassesAndOperationsOverTheMedian) {
  Metrics metrics;
  const std::vector<Sample> samples{{.ms = 10}, {.ms = 10}, {.ms = 40}};
  const std::vector<Work> work{
      {.sequences = 4, .tokens = 400, .useful_tokens = 300, .operations = 2e9, .moved_bytes = 5e8}};
  fill_throughput_metrics(metrics, samples, work);
  EXPECT_DOUBLE_EQ(*metrics.get("tokens_per_second"), 20000);
  EXPECT_DOUBLE_EQ(*metrics.get("useful_tokens_per_second"), 15000);
  EXPECT_DOUBLE_EQ(*metrics.get("sequences_per_second"), 200);
  EXPECT_DOUBLE_EQ(*metrics.get("padding_ratio"), 0.25);
  EXPECT_DOUBLE_EQ(*metrics.get("gflops"), 200);
  EXPECT_DOUBLE_EQ(*metrics.get("gbytes_per_second"), 50);
}

// Batches of 10 and 30 tokens, which take 10 and 20 ms; the second was not measured as often.
TEST(FillMetrics, BatchesOfDifferentLengthCountWithTheirOwnWork) {
  Metrics metrics;
  const std::vector<Sample> samples{{.ms = 10, .slot = 0},
                                    {.ms = 20, .slot = 1},
                                    {.ms = 10, .slot = 0},
                                    {.ms = 20, .slot = 1},
                                    {.ms = 10, .slot = 0}};
  const std::vector<Work> work{{.sequences = 2, .tokens = 10, .useful_tokens = 9, .operations = 1e9},
                               {.sequences = 2, .tokens = 30, .useful_tokens = 21, .operations = 5e9}};
  fill_throughput_metrics(metrics, samples, work, Unit::Round);
  EXPECT_DOUBLE_EQ(*metrics.get("tokens_per_second"), 40 / 0.03);
  EXPECT_DOUBLE_EQ(*metrics.get("useful_tokens_per_second"), 30 / 0.03);
  EXPECT_DOUBLE_EQ(*metrics.get("padding_ratio"), 0.25);
  EXPECT_DOUBLE_EQ(*metrics.get("gflops"), 6 / 0.03);
}

// The rates are of what was run, the padding is that of all.
TEST(FillMetrics, ABatchThatWasNotRunHasNoPartInTheRates) {
  Metrics metrics;
  const std::vector<Sample> samples{{.ms = 10, .slot = 0}, {.ms = 20, .slot = 1}};
  const std::vector<Work> work{{.sequences = 2, .texts = 2, .tokens = 10, .useful_tokens = 10},
                               {.sequences = 2, .texts = 2, .tokens = 20, .useful_tokens = 20},
                               {.sequences = 2, .texts = 2, .tokens = 90, .useful_tokens = 30}};
  fill_throughput_metrics(metrics, samples, work, Unit::Round);
  EXPECT_DOUBLE_EQ(*metrics.get("useful_tokens_per_second"), 1000);
  EXPECT_DOUBLE_EQ(*metrics.get("texts_per_second"), 4 / 0.03);
  EXPECT_DOUBLE_EQ(*metrics.get("padding_ratio"), 0.5);
}

// Of one size, with texts of different length in them: the passes are alike, the useful tokens are not.
TEST(FillMetrics, BatchesOfOneSizeCountAlike) {
  Metrics metrics;
  const std::vector<Sample> samples{{.ms = 10, .slot = 0}, {.ms = 12, .slot = 1}, {.ms = 11, .slot = 0}};
  const std::vector<Work> work{{.tokens = 40, .useful_tokens = 10}, {.tokens = 40, .useful_tokens = 30}};
  fill_throughput_metrics(metrics, samples, work, Unit::Pass);
  EXPECT_DOUBLE_EQ(*metrics.get("tokens_per_second"), 40 / 0.011);
  EXPECT_DOUBLE_EQ(*metrics.get("useful_tokens_per_second"), 20 / 0.011);
  EXPECT_FALSE(metrics.all().contains("texts_per_second"));
}

TEST(FillMetrics, NoTimeGivesNoRate) {
  Metrics metrics;
  fill_throughput_metrics(metrics, std::vector<Sample>(2),
                          std::vector<Work>{{.sequences = 1, .tokens = 1, .useful_tokens = 1}});
  EXPECT_EQ(metrics.all().at("tokens_per_second").reason, "no time passed");
  EXPECT_FALSE(metrics.all().contains("gflops"));
}

TEST(FillMetrics, ShareOfThePeak) {
  Metrics metrics;
  fill_peak_metric(metrics, kProductPeak, 500);
  EXPECT_FALSE(metrics.all().contains("mfu"));
  metrics.set("gflops", 200);
  fill_peak_metric(metrics, kProductPeak, 500);
  EXPECT_DOUBLE_EQ(*metrics.get("peak_gflops"), 500);
  EXPECT_DOUBLE_EQ(*metrics.get("mfu"), 0.4);
}

TEST(FillMetrics, Memory) {
  Metrics metrics;
  fill_memory_metrics(
      metrics, {.rss_mb = 1, .vms_mb = 2, .peak_mb = 3}, {.before_mb = 5, .refusal = {}},
      {.rss_mb = 4, .anonymous_mb = 3.5, .file_mb = 0.5, .vms_mb = 1.5, .peak_mb = 6},
      {{"gpu_allocated_start_mb", 10}, {"gpu_allocated_end_mb", 40}, {"gpu_reserved_end_mb", 64}});
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_start_mb"), 1);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_end_mb"), 4);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_vms_start_mb"), 2);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_vms_end_mb"), 1.5);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_peak_mb"), 6);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_run_peak_mb"), 6);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_anonymous_mb"), 3.5);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_file_mb"), 0.5);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_delta_mb"), 3);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_vms_delta_mb"), -0.5);
  EXPECT_EQ(metrics.get("memory_usage_mb.gpu_allocated_delta_mb"), 30);
  EXPECT_EQ(metrics.get("memory_usage_mb.gpu_reserved_end_mb"), 64);
  EXPECT_EQ(metrics.get("memory_usage_mb.gpu_reserved_delta_mb"), std::nullopt) << "its start is not known";
}

TEST(FillMetrics, PeakOfTheWholeLifeIsTheLargerOne) {
  Metrics metrics;
  fill_memory_metrics(metrics, {}, {.before_mb = 7, .refusal = {}}, {.peak_mb = 6});
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_peak_mb"), 7);
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_run_peak_mb"), 6);
  fill_memory_metrics(metrics, {}, {.before_mb = 7, .refusal = "read-only"}, {.peak_mb = 8});
  EXPECT_EQ(metrics.get("memory_usage_mb.cpu_rss_peak_mb"), 8);
  EXPECT_EQ(metrics.all().at("memory_usage_mb.cpu_rss_run_peak_mb").reason,
            "the peak could not be reset: read-only");
}

}  // namespace
}  // namespace medbench
