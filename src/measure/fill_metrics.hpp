// From samples and snapshots to rows of the metric table.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "data/batches.hpp"
#include "job/metrics.hpp"
#include "machine/memory.hpp"
#include "measure/loop.hpp"

namespace medbench {

// What fill_latency_metrics() does, and first_run_ms and warmup_iterations.
void fill_loop_metrics(Metrics& metrics, const Measurement& measurement, Unit unit = Unit::Pass);
// slots[i] is the work of the batch in slot i. Rates: the mean work of the batches that were run over the
// mean pass, which of Unit::Round is mean_over_batches_ms(), so that all count alike and a round that was
// begun weighs nothing in favour of its batches. padding_ratio: of all slots. gflops and gbytes_per_second:
// the operations and moved bytes of one pass of each batch over the sum of the batches' median latencies.
void fill_throughput_metrics(Metrics& metrics, std::span<const Sample> samples, std::span<const Work> slots,
                             Unit unit = Unit::Pass);
// Keys of a rate, of what the device does at most, and of the share.
struct PeakMetric {
  std::string_view rate;
  std::string_view peak;
  std::string_view share;
};
inline constexpr PeakMetric kProductPeak{"gflops", "peak_gflops", "mfu"};
inline constexpr PeakMetric kMemoryPeak{"gbytes_per_second", "peak_gbytes_per_second", "mbu"};
// The peak, and the share where the rate is known.
void fill_peak_metric(Metrics& metrics, const PeakMetric& metric, double peak);
// memory_usage_mb.*: `reset` was before the first timed pass, `end` after the last. `device` holds the
// figures of the runtime's own allocator by the last part of their keys. A delta is there where its start and
// end are.
void fill_memory_metrics(Metrics& metrics, const MemorySnapshot& start, const PeakReset& reset,
                         const MemorySnapshot& end, const std::map<std::string, double>& device = {});

}  // namespace medbench
