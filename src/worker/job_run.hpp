// One job from loading to its result.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "data/inputs.hpp"
#include "machine/load_monitor.hpp"
#include "machine/machine.hpp"
#include "machine/memory.hpp"
#include "measure/loop.hpp"
#include "measure/sensors.hpp"
#include "models/model.hpp"
#include "worker/command_input.hpp"
#include "worker/event_writer.hpp"
#include "worker/worker_main.hpp"

namespace medbench {

class JobRun final : private LoopObserver {
 public:
  // What the process was before any work: kept from the worker's first moment.
  struct Baseline {
    MemorySnapshot memory;
    std::set<int> allowed_cpus;
  };

  // Keeps references to all that it is given; the machine's profile is read here.
  JobRun(const Job& job, const Baseline& baseline, Backend& backend, Clock& clock, WorkerHooks& hooks,
         CommandInput& input, EventWriter& events);

  // Sends stages and progress while it works, but not the result. Throws what goes wrong; stage() then says
  // where.
  Result run();
  [[nodiscard]] Stage stage() const { return stage_; }

 private:
  void stage(Stage stage) override;
  void progress(const ProgressEvent& progress) override;
  void measured() override;

  void load();
  void compile();
  void measure_job();
  bool may_take_turn(std::int64_t turn, std::int64_t turns);
  void finish();
  void make_inputs();
  [[nodiscard]] InputSets make_sets(const Data& data, std::size_t count) const;
  // Of static quantization, by fp32 passes before the job's own preparation; empty for all else.
  ir::Ranges calibrate_static();
  void check_outputs();
  void evaluate(const NamedTensors& outputs);
  void measure_peak();
  void fill_metrics();

  const Job& job_;
  const Baseline& baseline_;
  Backend& backend_;
  Clock& clock_;
  WorkerHooks& hooks_;
  CommandInput& input_;
  EventWriter& events_;
  Stage stage_ = Stage::Start;
  MachineProfile machine_;
  Model model_;
  InputSets inputs_;
  Measurement measurement_;
  LoadSnapshot load_before_;
  std::optional<LoadReport> load_report_;
  MemorySnapshot memory_after_;
  Sensors sensors_;
  std::optional<double> startup_ms_;
  bool stopped_early_ = false;
  double load_ms_ = 0;
  double compile_ms_ = 0;
  Result result_;
};

}  // namespace medbench
