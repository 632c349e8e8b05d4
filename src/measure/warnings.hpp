// Reasons to doubt a measurement, as typed values with advice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "job/result.hpp"
#include "machine/load_monitor.hpp"
#include "machine/machine.hpp"

namespace medbench {

// From when on a figure is a warning. Shares are in [0, 1].
inline constexpr double kUnsteadySpread = 0.10;  // of the medians of up to ten consecutive windows
inline constexpr double kDriftChange = 0.03;     // between the ends of the fitted line
inline constexpr double kDriftSignificance = 0.01;
inline constexpr std::size_t kFewSamples = 10;
inline constexpr double kOutlierShare = 0.05;
inline constexpr double kOtherLoadShare = 0.05;   // of the processors' time
inline constexpr double kOtherLoadFloorS = 0.03;  // counters tick every 10 ms: less is noise in a short phase
inline constexpr double kSwitchesPerThread = 50;  // involuntary, per second
inline constexpr double kPreemptingShare = 0.01;  // of the processors' time, for these to matter
inline constexpr double kSwitchesFloorS = 0.05;   // shortest phase for which a rate is meaningful
inline constexpr double kStolenShare = 0.02;
inline constexpr double kMoreCores = 0.15;  // used beyond the number of threads, as a share of it

struct WarningInputs {
  std::span<const double> samples;  // ms, or where batches differ in size over the median of the batch
  std::size_t batches = 0;
  std::size_t batches_run = 0;
  LoadReport load;
  MachineProfile machine;
  std::int64_t threads = 1;
  std::string_view variables;            // of the environment, about threads; by a blank
  std::string_view build_type;           // CMake's
  std::string_view precision;            // asked for
  std::string_view effective_precision;  // what ran; empty where nothing is known
};

// In the order of the table of kinds: unsteady, drifting, few_samples, batches_left, outliers, other_load,
// cpu_stolen, cpu_throttled, more_cores, oversubscribed, cpu_frequency_scaling, debug_build, precision.
std::vector<Warning> find_warnings(const WarningInputs& inputs);

// The result of other_load alone, for whoever measures without samples.
bool is_disturbed(const LoadReport& load, std::int64_t threads);

}  // namespace medbench
