#include "worker/measured.hpp"

#include <utility>

#include "machine/process_time.hpp"

namespace medbench {

namespace {

// Hears of a turn: passes on what the loop tells, and looks at the machine before and after the timed part.
class TurnObserver final : public LoopObserver {
 public:
  TurnObserver(const JobTools& tools, const std::function<void(Stage)>& enter, Measured& out)
      : tools_(tools), enter_(enter), out_(out) {}

  void stage(Stage stage) override {
    enter_(stage);
    // The loop announces a stage and begins with it at once.
    if (stage == Stage::Warmup) out_.startup_ms = process_age_ms();
    if (stage != Stage::Run) return;
    if (is_first_) out_.peak_reset = reset_memory_peak();
    out_.sensors.begin();
    before_ = snapshot();
  }

  void progress(const ProgressEvent& progress) override { tools_.events.send(progress); }

  void samples(std::span<const Sample> fresh) override {
    if (fresh.empty()) return;
    tools_.events.send(SamplesEvent{{fresh.begin(), fresh.end()}});
    tools_.hooks.sent(fresh);
  }

  void measured() override {
    const LoadReport report = compare_load(before_, snapshot());
    out_.sensors.end(report.wall_s);
    out_.load = is_first_ ? report : add_load(out_.load, report);
    out_.memory_after = read_memory();
    is_first_ = false;
  }

 private:
  LoadSnapshot snapshot() { return take_load_snapshot(tools_.clock, tools_.baseline.placement.processors); }

  const JobTools& tools_;
  const std::function<void(Stage)>& enter_;
  Measured& out_;
  LoadSnapshot before_;
  bool is_first_ = true;
};

}  // namespace

Measured measure_turns(const Job& job, std::span<const Batch> batches, const JobTools& tools,
                       const std::function<void(Stage)>& enter) {
  Measured out;
  out.sensors.open(job.target.device);
  TurnObserver observer(tools, enter, out);
  Loop loop(tools.backend, tools.clock, batches, loop_settings(job, batches.size()), observer);
  for (std::int64_t turn = 1; !loop.take_turn(); ++turn) {
    tools.events.send(TurnEvent{.done = turn});
    if (tools.input.may_go_on()) continue;
    out.stopped_after = turn;
    break;
  }
  out.measurement = loop.measurement();
  return out;
}

}  // namespace medbench
