// Results for tests of what reads results.
#pragma once

#include "job/result.hpp"

namespace medbench::testing {

inline Result ok_result(std::int64_t batch, std::int64_t seq, double median_ms) {
  Result result;
  result.job.id = "biobert-b" + std::to_string(batch);
  result.job.work.model.name = "biobert";
  result.job.work.axes.set(Axis::Batch, batch);
  result.job.work.axes.set(Axis::Seq, seq);
  result.model_type = "biobert";
  result.device = "cpu";
  result.status = Status::Ok;
  result.effective_precision = "fp32";
  result.weights_source = "synthetic";
  result.inputs_source = "random";
  result.runtime = {.name = "torch", .version = "2.11.0", .library = "libtorch_cpu.so"};
  result.threads = 2;
  result.started_at = "2026-01-02T03:04:05Z";
  result.samples = {{.ms = median_ms}, {.ms = median_ms}};
  result.metrics.set("avg_latency_ms", median_ms);
  result.metrics.set("latency_ms.p50", median_ms);
  result.metrics.set("latency_ms.mean", median_ms);
  result.metrics.set("latency_ms.n", 2);
  result.metrics.set("tokens_per_second", static_cast<double>(batch * seq) * 1000 / median_ms);
  result.metrics.set("memory_usage_mb.cpu_rss_peak_mb", 512.25);
  result.metrics.set_absent("latency_ms.p90", "2 samples, 64 are needed");
  return result;
}

inline Result crashed_result() {
  Result result;
  result.job.id = "biobert-b8";
  result.job.work.model.name = "biobert";
  result.job.work.axes.set(Axis::Batch, 8);
  result.job.work.axes.set(Axis::Seq, 512);
  result.model_type = "biobert";
  result.device = "cpu";
  result.status = Status::Crashed;
  result.failure = Failure{.kind = "signal",
                           .stage = Stage::Run,
                           .message = "the worker died of SIGSEGV",
                           .stderr_tail = "last words"};
  return result;
}

}  // namespace medbench::testing
