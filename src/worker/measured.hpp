// The timed part of a job, turn by turn, with what the machine did meanwhile.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "machine/load_monitor.hpp"
#include "machine/memory.hpp"
#include "measure/loop.hpp"
#include "measure/sensors.hpp"
#include "worker/job_run.hpp"

namespace medbench {

struct Measured {
  Measurement measurement;
  LoadReport load;              // of the timed iterations of all turns
  PeakReset peak_reset;         // before the first of them
  MemorySnapshot memory_after;  // after the last of them
  Sensors sensors;
  std::optional<double> startup_ms;  // from the process's birth to its first pass, where the kernel tells
  std::optional<std::int64_t> stopped_after = {};  // turns, where it was told to end before the last
};

// `enter` announces a stage.
Measured measure_turns(const Job& job, std::span<const Batch> batches, const JobTools& tools,
                       const std::function<void(Stage)>& enter);

}  // namespace medbench
