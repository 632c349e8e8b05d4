// One job from loading to its result: values that go from one step to the next.
#pragma once

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "job/result.hpp"
#include "machine/memory.hpp"
#include "machine/numa.hpp"
#include "worker/command_input.hpp"
#include "worker/event_writer.hpp"
#include "worker/worker_main.hpp"

namespace medbench {

// What the process was before any work.
struct Baseline {
  Json allocator;  // what is in force
  MemorySnapshot memory;
  Placement placement{};
};

// What a job is done with, and who hears of it.
struct JobTools {
  Backend& backend;
  Clock& clock;
  WorkerHooks& hooks;
  CommandInput& input;
  EventWriter& events;
  const Baseline& baseline;
};

// Sends stages, progress and samples while it works, but not the result. Throws what goes wrong before there
// is a whole measurement; `stage` then says where.
Result run_job(const Job& job, const JobTools& tools, Stage& stage);

}  // namespace medbench
