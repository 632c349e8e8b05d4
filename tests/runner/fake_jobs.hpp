// Jobs of the fake worker, in turns, and what became of them in the order in which it happened.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "tests/runner/scripted_worker.hpp"
#include "tests/support/paths.hpp"

namespace medbench::testing {

inline WorkerOptions fake_options() {
  WorkerOptions options;
  options.libexec = libexec_folder();
  options.limits = {std::chrono::seconds{20}, std::chrono::seconds{20}, std::chrono::seconds{20}};
  return options;
}

// Five iterations in turns of `passes`, or 0: in one piece.
inline Job fake_job(const std::string& id, std::int64_t passes, const std::string& more = "") {
  Job job = small_job();
  job.id = id;
  job.target.backend = "fake";
  if (passes > 0) job.protocol.turn = TurnLength{.seconds = 0, .passes = passes};
  job.protocol.num_iterations = 5;
  job.protocol.warmup_iterations = 1;
  job.target.options["script"] = "{\"model\": false" + more + "}";
  return job;
}

// Writes down the order of all that happens.
class Diary final : public RunObserver {
 public:
  void job_started(const Job& job, std::size_t /*index*/, std::size_t /*count*/) override {
    log.push_back("start " + job.id);
    if (on_start) on_start(job);
  }
  void job_resumed(const Job& job) override { log.push_back("resume " + job.id); }
  void job_put_off(const Job& job, std::size_t waiting) override {
    log.push_back(fmt::format("{} put off beside {}", job.id, waiting));
  }
  void event(const Job& job, const Event& event) override {
    if (std::holds_alternative<TurnEvent>(event)) log.push_back("turn of " + job.id);
    if (on_turn && std::holds_alternative<TurnEvent>(event)) on_turn(job);
  }
  void job_finished(const Result& result) override {
    log.push_back(fmt::format("{} {} n={}", to_string(result.status), result.job.id, result.samples.size()));
  }

  std::vector<std::string> log;
  std::function<void(const Job&)> on_start;
  std::function<void(const Job&)> on_turn;
};

inline std::vector<std::string> diary_of(const std::vector<Job>& jobs,
                                         const WorkerOptions& options = fake_options()) {
  Diary diary;
  run_jobs(jobs, options, diary);
  return diary.log;
}

}  // namespace medbench::testing
