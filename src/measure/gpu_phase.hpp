// What an NVIDIA card did while something was measured, from its sensors before and after: counters that
// grew, and reasons to doubt.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "device/nvml.hpp"
#include "job/metrics.hpp"
#include "job/result.hpp"

namespace medbench {

// Shorter phases say nothing: the card refreshes its counters about ten times a second.
inline constexpr double kShortestCountedPhaseS = 0.5;
// Of the phase, spent with clocks lowered because of power or heat: from when on it is a warning.
inline constexpr double kLimitedShare = 0.02;

// This process and those of the same run that hold a card.
struct Family {
  unsigned own = 0;
  std::set<unsigned> relatives{};
};

// A measurement, in one or several turns.
struct GpuPhase {
  device::GpuReading before;  // of the first turn
  device::GpuReading after;   // of the last
  double wall_s = 0;          // of all turns, as are the growths; absent where the card does not count
  std::optional<double> energy_mj = 0;
  std::optional<double> power_limited_s = 0;
  std::optional<double> heat_limited_s = 0;
  std::uint64_t clock_reasons = 0;  // that were seen before or after a turn
  std::size_t other_processes = 0;  // most that were seen

  void add(const device::GpuReading& begin, const device::GpuReading& end, double turn_s,
           const Family& family);
};

// Processes with a context on the card other than the family's; this one holds one. In a container they may
// be listed under numbers that they do not know: then as many of them as there are count as the family's.
std::size_t count_other_processes(const std::vector<unsigned>& listed, const Family& family);

// Kinds gpu_throttled and gpu_shared.
std::vector<Warning> gpu_warnings(const GpuPhase& phase, std::optional<double> max_sm_clock_mhz);

// gpu_energy_mj_per_iteration and gpu_power_w, or why there is none.
void fill_gpu_metrics(Metrics& metrics, const GpuPhase& phase, std::size_t iterations);

// The card and its two readings, for the result's details.
Json gpu_details(const device::GpuSensors& sensors, const GpuPhase& phase);

}  // namespace medbench
