#include "runner/conclusion.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <fmt/ranges.h>

#include "base/json_difference.hpp"
#include "machine/memory_limits.hpp"
#include "runner/worker_process.hpp"

namespace medbench {

namespace {

constexpr int kExitOfShellForSignal = 128;  // plus the signal's number
constexpr int kExitNotExecutable = 126;
constexpr int kExitNotFound = 127;  // a shell's, and that of the dynamic loader for a missing library

Failure failure(std::string kind, Stage stage, std::string message) {
  return {.kind = std::move(kind), .stage = stage, .message = std::move(message), .stderr_tail = {}};
}

ExitStatus seen_through_launcher(ExitStatus exit, const WorkerOptions& options) {
  const bool stands_for_signal = !options.launcher.empty() && exit.kind == ExitStatus::Kind::Exited &&
                                 exit.value > kExitOfShellForSignal &&
                                 exit.value < kExitOfShellForSignal + NSIG;
  if (!stands_for_signal) return exit;
  return {ExitStatus::Kind::Signalled, exit.value - kExitOfShellForSignal};
}

Conclusion killed(const Ending& ending, const std::string& backend) {
  const std::string by = ending.oom_counted ? "the kernel's out-of-memory killer"
                                            : "SIGKILL, most likely from the kernel's out-of-memory killer";
  return {Status::OutOfMemory,
          failure("signal", ending.stage,
                  fmt::format("worker-{} was killed by {} during {}; try a smaller batch or sequence length",
                              backend, by, to_string(ending.stage)))};
}

Conclusion without_memory(const Ending& ending, const std::string& backend) {
  const std::string message =
      fmt::format("worker-{} got no more memory during {}; try a smaller batch or sequence length{}", backend,
                  to_string(ending.stage), address_space_hint());
  return {Status::OutOfMemory, failure("exit", ending.stage, message)};
}

// Of signals that end a program whose allocations fail.
bool is_of_memory(int signal) {
  return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS;
}

// Before its first event a worker behind a launcher need not even be there.
std::string_view whose_words(Stage stage, const WorkerOptions& options) {
  return stage == Stage::Start && !options.launcher.empty() ? "the launcher's" : "its";
}

// Text that is not UTF-8 does not survive the way to the worker and back.
Json as_sent(const Job& job) {
  return Json::parse(dump_line(to_json(job)));
}

Conclusion judge(const Ending& ending, const std::string& backend, const WorkerOptions& options) {
  const ExitStatus exit = seen_through_launcher(ending.exit, options);
  const std::string_view stage = to_string(ending.stage);
  if (exit == ExitStatus{ExitStatus::Kind::Signalled, SIGKILL}) return killed(ending, backend);
  if (tells_of_no_memory(ending.last_words)) return without_memory(ending, backend);
  if (exit.kind == ExitStatus::Kind::Signalled) {
    std::string message = fmt::format("worker-{} crashed with {} during {}", backend, to_string(exit), stage);
    const bool lacks_memory = address_space_limit_mb() && is_of_memory(exit.value);
    if (lacks_memory) message += ", most likely for want of memory" + address_space_hint();
    return {lacks_memory ? Status::OutOfMemory : Status::Crashed,
            failure("signal", ending.stage, std::move(message))};
  }
  const bool found_nothing =
      exit.kind == ExitStatus::Kind::Exited && ending.stage == Stage::Start &&
      (exit.value == kExitNotFound || (exit.value == kExitNotExecutable && !options.launcher.empty()));
  if (found_nothing) {
    return {Status::LoadError,
            failure("environment", ending.stage,
                    fmt::format(
                        "worker-{} could not be started ({}): it or a library that it needs is missing; {}",
                        backend, to_string(exit), worker_advice(backend, options)))};
  }
  return {Status::Crashed, failure("exit", ending.stage,
                                   fmt::format("worker-{} ended with {} during {} without a result", backend,
                                               to_string(exit), stage))};
}

}  // namespace

std::string with_last_words(std::string reason, std::string_view last_words, std::string_view whose) {
  if (last_words.empty()) return reason;
  const std::size_t begin = last_words.rfind('\n') + 1;  // npos + 1 is 0
  return reason.append("; ").append(whose).append(" last words: ").append(last_words.substr(begin));
}

std::string worker_advice(const std::string& backend, const WorkerOptions& options) {
  if (!options.launcher.empty())
    return "check the launcher's command line, and the worker's path on the other side";
  return fmt::format("build the target worker-{}, or set MEDBENCH_LIBEXEC to the folder of the workers",
                     backend);
}

Conclusion conclusion_of_ending(const Ending& ending, const std::string& backend,
                                const WorkerOptions& options) {
  Conclusion conclusion = judge(ending, backend, options);
  if (ending.stage == Stage::Start) {
    auto& message = conclusion.failure.message;
    message = with_last_words(std::move(message), ending.last_words, whose_words(ending.stage, options));
  }
  return conclusion;
}

Conclusion conclusion_of_spawn(const SpawnError& error, const std::string& backend,
                               const WorkerOptions& options) {
  std::string message = error.what();
  if (error.code() == EAGAIN || error.code() == EMFILE) {
    message += error.code() == EMFILE
                   ? "; raise ulimit -n"
                   : "; there are too many processes: raise ulimit -u, or the pids limit of the container";
    return {Status::Failed, failure("environment", Stage::Start, std::move(message))};
  }
  if (error.code() == EACCES && options.launcher.empty()) {
    message += "; make it executable (chmod +x), or set MEDBENCH_LIBEXEC to the folder of the workers";
  } else if (error.code() == ENOENT || error.code() == EACCES || error.code() == ENOEXEC) {
    message += "; " + worker_advice(backend, options);
  }
  return {Status::LoadError, failure("environment", Stage::Start, std::move(message))};
}

Conclusion conclusion_of_timeout(Stage stage, std::chrono::milliseconds limit, const std::string& backend,
                                 const WorkerOptions& options, std::string_view last_words) {
  const double seconds = std::chrono::duration<double>(limit).count();
  std::string message = fmt::format("worker-{} was stopped: {} took longer than its limit of {:g} s", backend,
                                    to_string(stage), seconds);
  return {Status::Timeout,
          failure("timeout", stage,
                  with_last_words(std::move(message), last_words, whose_words(stage, options)))};
}

Conclusion conclusion_of_chatter(std::string_view line, const std::string& backend,
                                 const WorkerOptions& options) {
  return {
      Status::LoadError,
      failure("environment", Stage::Start,
              fmt::format("the launcher '{}' wrote \"{}\" to standard output, which is for worker-{} alone; "
                          "keep it quiet (ssh -T, srun --quiet), and the start-up files of the shell "
                          "behind it, too",
                          printable(fmt::format("{}", fmt::join(options.launcher, " ")), 80),
                          printable(line, 80), backend))};
}

Conclusion conclusion_of_protocol(Stage stage, std::string_view what, const std::string& backend) {
  return {Status::Failed,
          failure("protocol", stage,
                  fmt::format("worker-{} broke the protocol during {}: {}; medbench and its workers must "
                              "come from one build",
                              backend, to_string(stage), what))};
}

std::chrono::milliseconds limit_of(Stage stage, const StageLimits& limits) {
  switch (stage) {
    case Stage::Start:
    case Stage::Load:
      return limits.load;
    case Stage::Compile:
      return limits.compile;
    case Stage::Warmup:
    case Stage::Run:
    case Stage::Finish:
    case Stage::Evaluate:
      return limits.run;
  }
  return limits.run;
}

bool are_durations(std::span<const Sample> samples) {
  return std::ranges::all_of(samples,
                             [](const Sample& sample) { return std::isfinite(sample.ms) && sample.ms >= 0; });
}

std::optional<std::string> find_lie(const Result& result, const Job& job, bool stopped_early) {
  // Numbers that were measured travel in a result even when something went wrong afterwards; then it says
  // what.
  const bool is_failure = result.status != Status::Ok;
  if (is_failure != result.failure.has_value()) {
    return fmt::format("it sent a result whose status is {} {} an error", to_string(result.status),
                       result.failure ? "with" : "without");
  }
  if (const auto difference = find_json_difference(as_sent(result.job), as_sent(job))) {
    return fmt::format("its result is for another job: {} is {}, asked was {}", difference->key,
                       difference->left, difference->right);
  }
  if (result.model_type != result.job.work.model.name) {
    return fmt::format("its result is for the model {}", printable(result.model_type, 80));
  }
  if (result.samples.empty()) return "its result holds no samples";
  const auto count = static_cast<std::int64_t>(result.samples.size());
  const std::int64_t wanted = job.protocol.num_iterations.value_or(count);
  if (stopped_early ? count > wanted : count != wanted) {
    return fmt::format("its result holds {} samples, asked was {}", count, wanted);
  }
  if (!are_durations(result.samples)) return "its result holds a sample that is no duration";
  return std::nullopt;
}

}  // namespace medbench
