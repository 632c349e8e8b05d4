#include "worker/worker_main.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "measure/cpu_limits.hpp"
#include "measure/memory.hpp"
#include "worker/event_writer.hpp"
#include "worker/failure.hpp"
#include "worker/job_run.hpp"

namespace medbench {

namespace {

constexpr int kExitDelivered = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;
constexpr std::size_t kLongestJob = std::size_t{16} << 20;

std::string read_standard_input() {
  std::string text;
  std::array<char, 65536> block{};
  while (true) {
    const ssize_t count = read(STDIN_FILENO, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw usage_error("a worker reads its job on standard input, which cannot be read");
    if (count == 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > kLongestJob)
      throw usage_error("the job on standard input is longer than {} bytes", kLongestJob);
  }
}

Job read_job() {
  const Json json = parse_json(read_standard_input(), "job on standard input");
  return job_from_json(json);
}

int describe(Backend& backend, WorkerHooks& hooks, EventWriter& events) {
  hooks.describing(events);
  events.send_line(dump_line(to_json(backend.describe())));
  return kExitDelivered;
}

void run_and_answer(const Job& job, const JobRun::Baseline& baseline, Backend& backend, Clock& clock,
                    WorkerHooks& hooks, EventWriter& events) {
  JobRun run(job, baseline, backend, clock, hooks, events);
  try {
    Result result = run.run();
    hooks.finishing(result, events);
    events.send(ResultEvent{std::move(result)});
  } catch (const ListenerGone&) {
    throw;
  } catch (...) {
    events.send(describe_failure(std::current_exception(), run.stage()));
  }
}

int run(const JobRun::Baseline& baseline, Backend& backend, Clock& clock, WorkerHooks& hooks,
        EventWriter& events) {
  Job job;
  try {
    job = read_job();
  } catch (const std::exception&) {
    events.send(describe_failure(std::current_exception(), Stage::Start));
    return kExitDelivered;
  }
  run_and_answer(job, baseline, backend, clock, hooks, events);
  return kExitDelivered;
}

}  // namespace

int worker_main(int argc, char** argv, Backend& backend, Clock& clock, WorkerHooks& hooks) {
  // Dies with whoever started it, and learns from a failed write that nobody listens.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const UniqueFd output = take_standard_output();
    EventWriter events(output.get());
    const std::string_view command = argc == 2 ? argv[1] : "";
    if (command == "describe") return describe(backend, hooks, events);
    if (command == "run") return run({read_memory(), allowed_cpus()}, backend, clock, hooks, events);
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
