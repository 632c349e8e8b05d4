// The fake worker as a process, and what came of it.
#pragma once

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/descriptor.hpp"
#include "base/subprocess.hpp"
#include "job/events.hpp"
#include "machine/proc_file.hpp"
#include "tests/support/paths.hpp"

namespace medbench {
inline constexpr std::chrono::seconds kPatience{60};

inline std::string fake_worker_path() {
  return (testing::libexec_folder() / "worker-fake").string();
}

struct WorkerRun {
  ExitStatus exit;
  std::string output;
  std::string error;
  std::vector<Event> events;
};

inline Json job_json(const Json& script) {
  Job job;
  job.id = "job-1";
  job.target.backend = "fake";
  job.work.model.name = "biobert";
  job.work.axes.set(Axis::Batch, 2);
  job.work.axes.set(Axis::Seq, 8);
  job.protocol.warmup_iterations = 1;
  job.protocol.num_iterations = 12;
  Json full = script;
  if (!full.contains("model")) full["model"] = false;
  job.target.options["script"] = full.dump();
  return to_json(job);
}

inline Json script_doing(const char* stage, const char* action, Json details = Json::object()) {
  details["stage"] = stage;
  details["do"] = action;
  Json script;
  script["actions"] = Json::array();
  script["actions"].push_back(std::move(details));
  return script;
}

// Reads both streams until they end.
inline WorkerRun run_worker(const std::string& command, const std::string& input,
                            const std::string& describe_action = "") {
  ProcessOptions options{{fake_worker_path(), command}, {}};
  if (!describe_action.empty()) options.environment.emplace_back("MEDBENCH_FAKE_DESCRIBE", describe_action);
  Subprocess process(options);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  WorkerRun run;
  std::string_view left = input;
  std::array<char, 65536> buffer{};
  const auto drain = [&](UniqueFd& stream, std::string& text) {
    while (stream) {
      const auto count = read_some(stream.get(), buffer);
      if (!count) stream.reset();
      if (!count || *count == 0) return;
      text.append(buffer.data(), *count);
    }
  };
  while (process.output() || process.error()) {
    if (process.input() && !left.empty()) {
      const auto count = write_some(process.input().get(), left);
      left.remove_prefix(count ? *count : left.size());
    }
    if (left.empty()) process.input().reset();
    drain(process.output(), run.output);
    drain(process.error(), run.error);
    if (std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "the worker did not end";
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  run.exit = process.finish();
  return run;
}

inline WorkerRun run_script(const Json& script) {
  WorkerRun run = run_worker("run", job_json(script).dump());
  for (const auto line : split_lines(run.output)) run.events.push_back(decode_event(line));
  return run;
}

inline std::vector<std::string> stages(const WorkerRun& run) {
  std::vector<std::string> out;
  for (const auto& event : run.events) {
    if (const auto* stage = std::get_if<StageEvent>(&event)) out.emplace_back(to_string(stage->stage));
  }
  return out;
}

inline const Result& result_of(const WorkerRun& run) {
  return std::get<ResultEvent>(run.events.back()).result;
}
inline const ErrorEvent& error_of(const WorkerRun& run) {
  return std::get<ErrorEvent>(run.events.back());
}

}  // namespace medbench
