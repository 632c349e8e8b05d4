#include "worker/job_run.hpp"

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "base/utc.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/machine.hpp"
#include "machine/proc_file.hpp"
#include "machine/thread_variables.hpp"
#include "worker/conclude.hpp"
#include "worker/load.hpp"
#include "worker/measured.hpp"
#include "worker/thread_environment.hpp"

namespace medbench {

namespace {

constexpr std::int64_t kMostThreads = 4096;

std::int64_t resolve_threads(const Target& target, const MachineProfile& machine) {
  if (target.threads > kMostThreads)
    throw usage_error("{} threads are asked for: at most {} are possible", target.threads, kMostThreads);
  return target.threads > 0 ? target.threads : std::max<std::int64_t>(1, machine.physical_cores);
}

Json describe_variables(const std::vector<ThreadVariable>& variables) {
  Json json = Json::object();
  for (const auto& [name, value] : variables) json[name] = printable(value);
  return json;
}

// A backend may have taken fewer processors than it was given.
Json describe_placement(const Placement& placement) {
  Json json{{"numa_node", placement.node ? Json(*placement.node) : Json(nullptr)},
            {"processors", format_cpu_list(allowed_cpus())}};
  if (!placement.reason.empty()) json["reason"] = placement.reason;
  if (placement.memory) json["memory"] = *placement.memory;
  return json;
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

// Each step is a phase of its own in the result.
void prepare(const Job& job, Loaded& loaded, const JobTools& tools, Result& result) {
  Calibration calibration;
  if (needs_calibration(job)) {
    calibration = timed(tools.clock, result.metrics, "calibrate_ms",
                        [&] { return calibrate_static(job, loaded, result.threads, tools.backend); });
    result.details["calibration"] = calibration.details;
  }
  timed(tools.clock, result.metrics, "compile_ms", [&] {
    tools.backend.build(loaded.model.graph, *loaded.model.weights,
                        {.target = job.target,
                         .shapes = loaded.shapes,
                         .threads = result.threads,
                         .ranges = calibration.ranges});
  });
  timed(tools.clock, result.metrics, "upload_ms", [&] { upload(loaded, tools.backend); });
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
  result.details = {{"allocator", tools.baseline.allocator},
                    {"backend", Json::object()},
                    {"environment", describe_variables(thread_variables())},
                    {"environment_undone", describe_variables(undone_thread_variables())}};

  enter(Stage::Load);
  result.threads = resolve_threads(job.target, machine);
  timed(tools.clock, result.metrics, "probe_ms", [&] {
    if (const Refusal refusal = tools.backend.supports(job.target)) throw unsupported_error("{}", *refusal);
  });
  Loaded loaded =
      timed(tools.clock, result.metrics, "load_ms", [&] { return load(job, tools.backend, tools.hooks); });
  result.weights_source = loaded.model.weights->kind();
  result.inputs_source = loaded.inputs_source;
  result.details["inputs"] = loaded.inputs_details;

  enter(Stage::Compile);
  prepare(job, loaded, tools, result);
  result.details["placement"] = describe_placement(tools.baseline.placement);

  Measured measured = measure_turns(job, loaded.batches, tools, enter);
  enter(Stage::Finish);
  conclude(result, std::move(loaded), std::move(measured), machine, tools, enter);
  return result;
}

}  // namespace medbench
