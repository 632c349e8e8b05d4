// From samples and snapshots to rows of the metric table.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "job/metrics.hpp"
#include "machine/memory.hpp"
#include "measure/loop.hpp"

namespace medbench {

// What one forward pass works on.
struct WorkPerPass {
  std::int64_t sequences = 0;
  double tokens = 0;            // padding included
  double useful_tokens = 0;     // without padding
  std::int64_t operations = 0;  // floating-point; 0: not known
};

// latency_ms.*, device_latency_ms.*, avg_latency_ms, first_run_ms and the counts. A statistic that so few
// samples do not give is set absent, with the reason.
void fill_latency_metrics(Metrics& metrics, const Measurement& measurement);
// Rates over the mean latency, padding_ratio and, over the median latency, gflops.
void fill_throughput_metrics(Metrics& metrics, std::span<const double> samples_ms, const WorkPerPass& work);
// peak_gflops, and mfu where gflops is known.
void fill_peak_metrics(Metrics& metrics, double peak_gflops);
// memory_usage_mb.*; `device` holds the figures of the runtime's own allocator by the last part of their
// keys. A delta is there where its start and end are.
void fill_memory_metrics(Metrics& metrics, const MemorySnapshot& start, const MemorySnapshot& end,
                         const std::map<std::string, double>& device = {});

}  // namespace medbench
