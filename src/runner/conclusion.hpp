// What it means when a worker does not answer as it should: pure functions from what was seen to a status and
// a reason.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/subprocess.hpp"
#include "job/result.hpp"
#include "runner/runner.hpp"

namespace medbench {

struct Conclusion {
  Status status = Status::Failed;
  Failure failure;
};

// How a worker ended that sent no last event.
struct Ending {
  ExitStatus exit;
  Stage stage = Stage::Start;
  bool oom_counted = false;  // the kernel counted an out-of-memory kill in our cgroup meanwhile
  std::string last_words{};  // the end of standard error
};

// Behind a launcher, an exit code over 128 is taken for the signal that it stands for in shells, and 126 and
// 127 for a worker that could not be started.
Conclusion conclusion_of_ending(const Ending& ending, const std::string& backend,
                                const WorkerOptions& options);
Conclusion conclusion_of_spawn(const SpawnError& error, const std::string& backend,
                               const WorkerOptions& options);
// `last_words`: the end of standard error, of which the last line is shown.
Conclusion conclusion_of_timeout(Stage stage, std::chrono::milliseconds limit, const std::string& backend,
                                 const WorkerOptions& options, std::string_view last_words);
// Of a line on standard output before the worker's first event, which is the launcher's.
Conclusion conclusion_of_chatter(std::string_view line, const std::string& backend,
                                 const WorkerOptions& options);
// `what` continues the sentence "worker-x broke the protocol: ".
Conclusion conclusion_of_protocol(Stage stage, std::string_view what, const std::string& backend);

// The one thing to do about a worker that cannot be started.
std::string worker_advice(const std::string& backend, const WorkerOptions& options);

// With the last line of standard error, if there is one.
std::string with_last_words(std::string reason, std::string_view last_words, std::string_view whose = "its");

// The limit of a stage.
std::chrono::milliseconds limit_of(Stage stage, const StageLimits& limits);

// Finite, and none below zero.
bool are_durations(std::span<const Sample> samples);

// Why a result cannot be the answer to this job; nothing when it can. It claims success, so it must name the
// same configuration and hold as many finite samples as were asked for, or fewer where it was stopped early.
std::optional<std::string> find_lie(const Result& result, const Job& job, bool stopped_early = false);

}  // namespace medbench
