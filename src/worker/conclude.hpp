// What a measurement comes to: metrics, warnings, what the engine says of itself, and whether its answers
// hold.
#pragma once

#include <functional>

#include "machine/machine.hpp"
#include "worker/job_run.hpp"
#include "worker/load.hpp"
#include "worker/measured.hpp"

namespace medbench {

// Adds to `result`, which is true and whole after each step: what goes wrong in one makes the row a failure
// and loses nothing that was measured. The backend's slots are as measure_turns() left them; afterwards
// nothing of the model is left in it. `enter` announces the stage of an evaluation.
void conclude(Result& result, Loaded&& loaded, Measured&& measured, const MachineProfile& machine,
              const JobTools& tools, const std::function<void(Stage)>& enter);

}  // namespace medbench
