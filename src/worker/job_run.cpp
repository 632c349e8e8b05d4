#include "worker/job_run.hpp"

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "machine/machine.hpp"
#include "worker/conclude.hpp"
#include "worker/load.hpp"
#include "worker/measured.hpp"

namespace medbench {

namespace {

constexpr std::int64_t kMostThreads = 4096;

std::int64_t resolve_threads(const Target& target, const MachineProfile& machine) {
  if (target.threads > kMostThreads)
    throw usage_error("{} threads are asked for: at most {} are possible", target.threads, kMostThreads);
  return target.threads > 0 ? target.threads : std::max<std::int64_t>(1, machine.physical_cores);
}

// Runs the step and writes down how long it took.
template <class Step>
auto timed(Clock& clock, Metrics& metrics, std::string_view key, Step step) {
  const auto begin = clock.now();
  const auto write_down = [&] {
    metrics.set(key, std::chrono::duration<double, std::milli>(clock.now() - begin).count());
  };
  if constexpr (std::is_void_v<decltype(step())>) {
    step();
    write_down();
  } else {
    auto value = step();
    write_down();
    return value;
  }
}

}  // namespace

Result run_job(const Job& job, const JobTools& tools, Stage& stage) {
  const auto enter = [&](Stage next) {
    stage = next;
    tools.events.send(StageEvent{next});
    tools.hooks.entered(next, job, tools.events);
  };
  stage = Stage::Start;
  tools.hooks.entered(Stage::Start, job, tools.events);
  const MachineProfile machine = read_machine_profile();
  Result result;
  result.job = job;
  result.device = job.target.device;
  result.model_type = job.work.model.name;
  result.started_at = utc_now();
  result.machine = to_json(machine);

  enter(Stage::Load);
  Loaded loaded = timed(tools.clock, result.metrics, "load_ms", [&] {
    result.threads = resolve_threads(job.target, machine);
    if (const Refusal refusal = tools.backend.supports(job.target)) throw unsupported_error("{}", *refusal);
    return load(job, tools.hooks);
  });
  result.weights_source = loaded.model.weights->kind();
  result.inputs_source = loaded.inputs_source;
  result.details = {{"allocator", tools.baseline.allocator},
                    {"backend", Json::object()},
                    {"inputs", loaded.inputs_details}};

  enter(Stage::Compile);
  timed(tools.clock, result.metrics, "compile_ms",
        [&] { build(job, loaded, result.threads, tools.backend); });

  Measured measured = measure_turns(job, loaded.batches, tools, enter);
  enter(Stage::Finish);
  conclude(result, std::move(loaded), std::move(measured), machine, tools);
  return result;
}

}  // namespace medbench
