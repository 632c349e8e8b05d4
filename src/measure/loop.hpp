// Measuring: the timed loop, and the probes of memory, machine and load around it. The only code that reads a
// clock. It knows a backend by its interface and neither models, files of results nor the user.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "data/batches.hpp"
#include "job/events.hpp"
#include "job/job.hpp"
#include "stats/stop_check.hpp"
#include "stats/warmup.hpp"

namespace medbench {

struct LoopSettings {
  std::optional<std::int64_t> warmup_iterations{};  // absent: until the last window is steady
  std::optional<std::int64_t> num_iterations{};     // absent: until the median is known or the budget ends
  double time_budget_s = 20;                        // for measuring; a share of it for warming up
  TimedRegion region = TimedRegion::Device;
  std::optional<TurnLength> turn{};          // absent: all in one turn
  double least_warmup_s = kLeastWarmupCpuS;  // without a number of iterations
};

// Of that many batches: turns are compared batch by batch, so that one of texts has each of them.
LoopSettings loop_settings(const Job& job, std::size_t batches);

// The numbers behind the rules.
inline constexpr double kWarmupShare = 0.25;  // of the time budget
inline constexpr double kBudgetSlack = 1.5;   // of the budget: no round of the inputs ends later
inline constexpr std::chrono::milliseconds kProgressInterval{100};
inline constexpr double kShortPassMs = 20;  // whoever hears of progress works, and a short pass would feel it
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
  // Warmup at the first turn (also when it has no iterations); Run at each.
  virtual void stage(Stage stage) = 0;
  // At most every kProgressInterval; not once a timed pass was shorter than kShortPassMs.
  virtual void progress(const ProgressEvent& progress) = 0;
  virtual void samples(
      std::span<const Sample> fresh) = 0;  // at most every kSampleInterval, and all at the end
  virtual void measured() = 0;             // the last timed iteration of the turn is over
};

struct Measurement {
  std::vector<double> warmup_ms{};
  std::vector<Sample> samples{};  // every timed iteration, in order
  double first_run_ms = 0;        // the first iteration of all, warm-up or not
  StopRule stop_rule = StopRule::Iterations;
};

// The timed loop of one job, turn by turn. Iterations rotate among the batches, and where a rule ends the
// measurement all had as many, unless the budget is over within a round (kBudgetSlack). The timed region is
// enqueue to wait, or with TimedRegion::Host write to read.
class Loop {
 public:
  // The backend's slots are bound and written, slot i with batch i. Keeps references to all but the settings.
  // Throws Internal without batches.
  Loop(Backend& backend, Clock& clock, std::span<const Batch> batches, const LoopSettings& settings,
       LoopObserver& observer);

  // The first turn warms up. Before the timed passes of each goes one that is not timed, for the machine did
  // other things meanwhile (not in the first where the number of warm-up iterations was given). True when the
  // measurement is over. Throws what the backend throws; the observer has all samples by then.
  bool take_turn();
  [[nodiscard]] const Measurement& measurement() const { return out_; }

 private:
  using Nanoseconds = std::chrono::nanoseconds;

  void begin(Stage stage, const std::optional<std::int64_t>& planned, Nanoseconds limit);
  void warm_up();
  [[nodiscard]] bool warm() const;
  bool measure();
  [[nodiscard]] bool is_turn_over(std::int64_t passes) const;
  std::optional<StopRule> finished();
  std::size_t turn_to_next_slot();
  double iterate(std::size_t slot);
  double iterate_device(std::size_t slot);
  double iterate_host(std::size_t slot);
  void hand_over();
  void report(const std::vector<double>& latencies);
  bool median_known();
  [[nodiscard]] Nanoseconds elapsed() const { return earlier_ + (last_end_ - stage_begin_); }

  Backend& backend_;
  Clock& clock_;
  std::span<const Batch> batches_;
  LoopSettings settings_;
  LoopObserver& observer_;
  Measurement out_;
  std::vector<double> times_;          // of out_.samples
  std::vector<NamedTensors> outputs_;  // by slot, of the host region: memory that is written again
  bool batches_differ_ = false;        // in size
  std::vector<double> round_means_;    // where they do
  StopCheck check_;
  std::size_t handed_over_ = 0;  // of out_.samples
  std::uint32_t turn_ = 0;
  Stage stage_ = Stage::Warmup;
  std::optional<std::int64_t> planned_;
  Nanoseconds limit_{0};
  Nanoseconds earlier_{0};  // what earlier turns measured
  Nanoseconds stage_begin_{0};
  Nanoseconds last_end_{0};
  Nanoseconds last_progress_{0};
  Nanoseconds last_handed_over_{0};
  double shortest_ms_ = std::numeric_limits<double>::infinity();  // of the timed passes
  std::size_t next_slot_ = 0;
};

// All turns one after the other.
Measurement measure(Backend& backend, Clock& clock, std::span<const Batch> batches,
                    const LoopSettings& settings, LoopObserver& observer);

}  // namespace medbench
