#include "measure/loop.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/error.hpp"
#include "job/restarts.hpp"
#include "stats/moments.hpp"

namespace medbench {

namespace {

using std::chrono::nanoseconds;

// Memory for samples is taken before the loop; a count that no run reaches must not take it all.
constexpr std::int64_t kMostReserved = std::int64_t{1} << 20;
constexpr std::int64_t kReservedWithoutCount = std::int64_t{1} << 16;

double to_ms(nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// A budget of any size, NaN included, as a duration that can be added to a time.
nanoseconds to_duration(double seconds) {
  constexpr double kLongest = 1e8;
  if (!(seconds > 0)) return nanoseconds{0};
  return nanoseconds{static_cast<std::int64_t>(std::min(seconds, kLongest) * 1e9)};
}

double share(double part, double whole) {
  return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1.0;
}

}  // namespace

std::string_view to_string(StopRule rule) {
  switch (rule) {
    case StopRule::Iterations:
      return "iterations";
    case StopRule::Interval:
      return "interval";
    case StopRule::Budget:
      return "budget";
  }
  return "iterations";
}

LoopSettings loop_settings(const Job& job, std::size_t batches) {
  std::optional<TurnLength> turn = job.protocol.turn;
  if (turn && job.work.text() != nullptr)
    turn->passes = std::max(turn->passes, static_cast<std::int64_t>(batches));
  return {.warmup_iterations = job.protocol.warmup_iterations,
          .num_iterations = job.protocol.num_iterations,
          .time_budget_s = job.protocol.time_budget_s,
          .region = job.protocol.region,
          .turn = turn,
          .least_warmup_s = job.target.device == "cpu" ? kLeastWarmupCpuS : kLeastWarmupAcceleratorS};
}

Loop::Loop(Backend& backend, Clock& clock, std::span<const Batch> batches, const LoopSettings& settings,
           LoopObserver& observer)
    : backend_(backend),
      clock_(clock),
      batches_(batches),
      settings_(settings),
      observer_(observer),
      outputs_(batches.size()) {
  if (batches.empty()) throw internal_error("the timed loop was given no inputs");
  const auto differs = [&](const Batch& batch) { return batch.axes != batches.front().axes; };
  batches_differ_ = std::ranges::any_of(batches, differs);
  const auto room = [](const std::optional<std::int64_t>& count) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(count.value_or(kReservedWithoutCount), 0, kMostReserved));
  };
  out_.warmup_ms.reserve(room(settings.warmup_iterations));
  out_.samples.reserve(room(settings.num_iterations));
  times_.reserve(room(settings.num_iterations));
}

bool Loop::take_turn() {
  if (turn_ == 0) warm_up();
  begin(Stage::Run, settings_.num_iterations, to_duration(settings_.time_budget_s));
  bool over = false;
  try {
    over = measure();
  } catch (...) {
    hand_over();
    throw;
  }
  observer_.measured();
  hand_over();
  earlier_ = elapsed();
  ++turn_;
  return over;
}

void Loop::begin(Stage stage, const std::optional<std::int64_t>& planned, Nanoseconds limit) {
  observer_.stage(stage);
  stage_ = stage;
  planned_ = planned;
  limit_ = limit;
  // Whoever listened has used the caches.
  if (stage == Stage::Run && (turn_ > 0 || !settings_.warmup_iterations)) iterate(next_slot_);
  // The end of the last iteration dates from before the observer's call, which may have taken long.
  stage_begin_ = clock_.now();
  last_end_ = stage_begin_;
  last_progress_ = stage_begin_;
  last_handed_over_ = stage_begin_;
}

void Loop::warm_up() {
  begin(Stage::Warmup, settings_.warmup_iterations, to_duration(settings_.time_budget_s * kWarmupShare));
  while (!warm()) {
    out_.warmup_ms.push_back(iterate(turn_to_next_slot()));
    report(out_.warmup_ms);
  }
  if (!out_.warmup_ms.empty()) out_.first_run_ms = out_.warmup_ms.front();
}

bool Loop::warm() const {
  const auto done = static_cast<std::int64_t>(out_.warmup_ms.size());
  if (planned_) return done >= *planned_;
  const WarmupSettings settings{.least_s = settings_.least_warmup_s, .most_s = to_ms(limit_) / 1e3};
  const double elapsed_s = to_ms(elapsed()) / 1e3;
  if (!batches_differ_) return is_warm(out_.warmup_ms, elapsed_s, settings);
  // A batch is compared with itself, which takes two rounds.
  const std::size_t rounds = out_.warmup_ms.size() / batches_.size();
  const bool is_whole = rounds > 1 && out_.warmup_ms.size() % batches_.size() == 0;
  if (!is_whole) return done > 0 && elapsed_s >= settings.most_s;
  std::vector<Sample> passes;
  passes.reserve(out_.warmup_ms.size());
  for (const double ms : out_.warmup_ms)
    passes.push_back({.ms = ms, .slot = static_cast<std::uint32_t>(passes.size() % batches_.size())});
  return is_warm(relative_times(passes), elapsed_s, settings);
}

bool Loop::measure() {
  for (std::int64_t passes = 1;; ++passes) {
    const std::size_t slot = turn_to_next_slot();
    times_.push_back(iterate(slot));
    shortest_ms_ = std::min(shortest_ms_, times_.back());
    out_.samples.push_back({.ms = times_.back(),
                            .device_ms = backend_.device_time_ms(),
                            .turn = turn_,
                            .slot = static_cast<std::uint32_t>(slot)});
    if (out_.first_run_ms == 0) out_.first_run_ms = times_.front();
    if (const auto rule = finished()) {
      out_.stop_rule = *rule;
      return true;
    }
    if (is_turn_over(passes)) return false;
    report(times_);
    if (last_end_ - last_handed_over_ >= kSampleInterval) hand_over();
  }
}

bool Loop::is_turn_over(std::int64_t passes) const {
  return settings_.turn && passes >= settings_.turn->passes &&
         last_end_ - stage_begin_ >= to_duration(settings_.turn->seconds);
}

std::optional<StopRule> Loop::finished() {
  const auto done = static_cast<std::int64_t>(times_.size());
  if (planned_) return done >= *planned_ ? std::optional(StopRule::Iterations) : std::nullopt;
  if (elapsed() >= to_duration(settings_.time_budget_s * kBudgetSlack)) return StopRule::Budget;
  if (times_.size() % batches_.size() != 0) return std::nullopt;
  if (median_known()) return StopRule::Interval;
  if (elapsed() >= limit_) return StopRule::Budget;
  return std::nullopt;
}

// After a whole round. Passes of batches of different size have no median in common, but their rounds have.
bool Loop::median_known() {
  if (!batches_differ_) return check_.median_known(times_);
  const auto round = std::span(times_).last(batches_.size());
  round_means_.push_back(*mean(round));
  return check_.median_known(round_means_);
}

std::size_t Loop::turn_to_next_slot() {
  const std::size_t slot = next_slot_;
  next_slot_ = (next_slot_ + 1) % batches_.size();
  return slot;
}

// One forward pass. Between the two readings of the clock there is nothing but the backend.
double Loop::iterate(std::size_t slot) {
  return settings_.region == TimedRegion::Host ? iterate_host(slot) : iterate_device(slot);
}

double Loop::iterate_device(std::size_t slot) {
  const nanoseconds begin = clock_.now();
  backend_.enqueue(slot);
  backend_.wait(slot);
  last_end_ = clock_.now();
  return to_ms(last_end_ - begin);
}

double Loop::iterate_host(std::size_t slot) {
  const NamedTensors& inputs = batches_[slot].tensors;
  NamedTensors& outputs = outputs_[slot];
  const nanoseconds begin = clock_.now();
  backend_.write(slot, inputs);
  backend_.enqueue(slot);
  backend_.wait(slot);
  backend_.read(slot, outputs);
  last_end_ = clock_.now();
  return to_ms(last_end_ - begin);
}

void Loop::hand_over() {
  observer_.samples(std::span(out_.samples).subspan(handed_over_));
  handed_over_ = out_.samples.size();
  last_handed_over_ = last_end_;
}

void Loop::report(const std::vector<double>& latencies) {
  // The shortest, for a short pass that was held up is followed by short ones.
  if (stage_ == Stage::Run && shortest_ms_ < kShortPassMs) return;
  if (last_end_ - last_progress_ < kProgressInterval) return;
  last_progress_ = last_end_;
  const double done = static_cast<double>(latencies.size());
  const double by_time = share(to_ms(elapsed()), to_ms(limit_));
  observer_.progress({.stage = stage_,
                      .done = static_cast<std::int64_t>(latencies.size()),
                      .planned = planned_.value_or(0),
                      .latency_ms = latencies.back(),
                      .fraction = planned_ ? share(done, static_cast<double>(*planned_)) : by_time});
}

Measurement measure(Backend& backend, Clock& clock, std::span<const Batch> batches,
                    const LoopSettings& settings, LoopObserver& observer) {
  Loop loop(backend, clock, batches, settings, observer);
  while (!loop.take_turn()) {
  }
  return loop.measurement();
}

}  // namespace medbench
