// Measuring: the timed loop, and the probes of memory, machine and load around it. The only code that reads a
// clock. It knows a backend by its interface and neither models, files of results nor the user.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "data/batches.hpp"
#include "job/events.hpp"
#include "job/job.hpp"

namespace medbench {

struct LoopSettings {
  std::optional<std::int64_t> warmup_iterations{};  // absent: until the last window is steady
  std::optional<std::int64_t> num_iterations{};     // absent: until the median is known or the budget ends
  double time_budget_s = 20;                        // for measuring; a share of it for warming up
  TimedRegion region = TimedRegion::Device;
  std::uint32_t turn = 0;  // that the samples belong to
};

LoopSettings loop_settings(const Job& job);

// The numbers behind the rules.
inline constexpr std::int64_t kFewestWarmups = 3;
inline constexpr std::size_t kSteadyWindow = 3;  // warm-up iterations that are looked at
inline constexpr double kSteadySpread = 0.05;    // their largest relative spread
inline constexpr double kWarmupShare = 0.25;     // of the time budget
inline constexpr std::int64_t kFewestIterations = 10;
inline constexpr double kMedianTolerance = 0.01;  // of the 95 % interval, to either side
inline constexpr std::chrono::milliseconds kProgressInterval{100};
inline constexpr std::chrono::seconds kSampleInterval{2};

enum class StopRule { Iterations, Interval, Budget };
std::string_view to_string(StopRule rule);

// Called between iterations, never inside the timed region.
class LoopObserver {
 public:
  LoopObserver() = default;
  virtual ~LoopObserver() = default;
  LoopObserver(const LoopObserver&) = delete;
  LoopObserver& operator=(const LoopObserver&) = delete;
  virtual void stage(Stage stage) = 0;  // Warmup (also when it has no iterations), then Run
  virtual void progress(const ProgressEvent& progress) = 0;  // at most every kProgressInterval
  virtual void samples(
      std::span<const Sample> fresh) = 0;  // at most every kSampleInterval, and all at the end
  virtual void measured() = 0;             // the last timed iteration is over
};

struct Measurement {
  std::vector<double> warmup_ms{};
  std::vector<Sample> samples{};  // every timed iteration, in order
  double first_run_ms = 0;        // the first iteration of all, warm-up or not
  StopRule stop_rule = StopRule::Iterations;
};

// Warms up and measures a backend whose slots are bound and written, slot i with batch i; iterations rotate
// among them. The timed region is enqueue to wait, or with TimedRegion::Host write to read. Throws Internal
// without batches, and what the backend throws; the observer has all samples by then.
Measurement measure(Backend& backend, Clock& clock, std::span<const Batch> batches,
                    const LoopSettings& settings, LoopObserver& observer);

}  // namespace medbench
