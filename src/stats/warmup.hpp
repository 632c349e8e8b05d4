// Whether a program has warmed up.
#pragma once

#include <cstddef>
#include <span>

namespace medbench {

struct WarmupSettings {
  double least_s = 0.25;  // of warming up; an accelerator's clocks need more than a CPU's caches
  double most_s = 5;      // wins over `least_s`
};
inline constexpr double kLeastWarmupCpuS = 0.25;
inline constexpr double kLeastWarmupAcceleratorS = 1;

// `times_ms` are the latencies of all passes so far, `elapsed_s` is the time since the first began. True when
// `most_s` is over, or `least_s` is over and the later three fifths of the passes (at least 8) are steady.
// Never before the first pass. Cheap enough to ask after every pass.
bool is_warm(std::span<const double> times_ms, double elapsed_s, const WarmupSettings& settings);

// Whether latencies neither fall nor rise: a trend over 16 blocks of them is smaller than 1 %, or no larger
// than their noise would show in three of ten windows (Mann and Kendall). So much doubt costs a steady
// program a few passes, and a trend that noise half hides would end up in the samples. Of more than 1024
// latencies as many, spread over all, are looked at. False for fewer than 8.
bool is_steady(std::span<const double> window);

}  // namespace medbench
