#include "worker/worker_main.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <fmt/core.h>
#include <string_view>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/memory.hpp"
#include "machine/numa.hpp"
#include "machine/proc_file.hpp"
#include "worker/allocator.hpp"
#include "worker/command_input.hpp"
#include "worker/event_writer.hpp"
#include "worker/failure.hpp"
#include "worker/job_run.hpp"

namespace medbench {

namespace {

constexpr int kExitDelivered = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

int describe(Backend& backend, WorkerHooks& hooks, EventWriter& events) {
  hooks.describing(events);
  events.send_line(dump_line(to_json(backend.describe())));
  return kExitDelivered;
}

void run_and_answer(const Job& job, const JobTools& tools) {
  Stage stage = Stage::Start;
  try {
    Result result = run_job(job, tools, stage);
    tools.hooks.finishing(result, tools.events);
    tools.events.send(ResultEvent{std::move(result)});
  } catch (const ListenerGone&) {
    throw;
  } catch (...) {
    tools.events.send(describe_failure(std::current_exception(), stage));
  }
}

// Before a runtime makes its threads.
Placement place(const Job& job, WorkerHooks& hooks) {
  const std::set<int> allowed = allowed_cpus();
  const auto nodes = read_numa_nodes(allowed, hooks.nodes_folder(job));
  const auto asked = job.protocol.numa_node;
  Placement everywhere = place_everywhere(nodes);
  if (job.target.device != "cpu" || asked == kAllNumaNodes) return everywhere;
  Placement placement = place_on_one(nodes, asked, job.target.threads, read_proc_file("/proc/cpuinfo"));
  if (!asked && nodes.size() > 1 && has_memory_policy()) {
    placement = everywhere;
    placement.reason = "a memory policy was given from outside";
  }
  apply_placement(placement, everywhere);
  if (asked && !placement.node) throw environment_error("NUMA node {}: {}", *asked, placement.reason);
  return placement;
}

int run(Baseline baseline, Backend& backend, Clock& clock, WorkerHooks& hooks, EventWriter& events) {
  CommandInput input(STDIN_FILENO);
  Job job;
  try {
    job = input.read_job();
    baseline.placement = place(job, hooks);
  } catch (const std::exception&) {
    events.send(describe_failure(std::current_exception(), Stage::Start));
    return kExitDelivered;
  }
  run_and_answer(job, {backend, clock, hooks, input, events, baseline});
  return kExitDelivered;
}

}  // namespace

int worker_main(int argc, char** argv, Backend& backend, Clock& clock, WorkerHooks& hooks) {
  // Dies with whoever started it, and learns from a failed write that nobody listens.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const UniqueFd output = take_standard_output();
    const Json allocator = set_up_allocator();
    EventWriter events(output.get());
    const std::string_view command = argc == 2 ? argv[1] : "";
    if (command == "describe") return describe(backend, hooks, events);
    if (command == "run") return run({allocator, read_memory()}, backend, clock, hooks, events);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", printable(error.what(), 2000));
    return kExitFailed;
  }
  fmt::print(stderr, "usage: {} describe | run < job.json; medbench starts workers by itself\n",
             argc > 0 ? argv[0] : "worker");
  return kExitUsage;
}

int worker_main(int argc, char** argv, Backend& backend, Clock& clock) {
  WorkerHooks hooks;
  return worker_main(argc, argv, backend, clock, hooks);
}

}  // namespace medbench
