// Workers that are shell scripts, and what a test needs around them.
#pragma once

#include <csignal>
#include <functional>
#include <gmock/gmock.h>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "runner/runner.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench::testing {

inline Job small_job() {
  Job job;
  job.id = "job-1";
  job.target.backend = "x";
  job.work.model.name = "biobert";
  job.work.axes.set(Axis::Batch, 2);
  job.work.axes.set(Axis::Seq, 16);
  job.protocol.num_iterations = 3;
  return job;
}

// What an honest worker answers.
inline Result answer_to(const Job& job) {
  Result result;
  result.job = job;
  result.device = job.target.device;
  result.model_type = job.work.model.name;
  result.status = Status::Ok;
  result.samples = {{.ms = 1.5}, {.ms = 2.5}, {.ms = 2}};
  result.metrics.set("avg_latency_ms", 2);
  return result;
}

// A folder with a `worker-x`. Limits are short, but no test that passes waits for them unless it says so.
class ScriptedWorker {
 public:
  explicit ScriptedWorker(const std::string& script) {
    install("worker-x", "#!/bin/sh\n" + script + "\n");
    options.libexec = folder_.path();
    options.limits = {std::chrono::seconds{20}, std::chrono::seconds{20}, std::chrono::seconds{20}};
  }
  // Events in a file, for scripts that say `cat $0.NAME`.
  void add_events(const std::string& name, const std::vector<Event>& events) const {
    std::string text;
    for (const Event& event : events) text += encode(event) + "\n";
    folder_.write("worker-x." + name, text);
  }
  void install(const std::string& name, const std::string& content) const {
    ::chmod(folder_.write(name, content).c_str(), 0755);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

  WorkerOptions options;

 private:
  TemporaryFolder folder_;
};

// Remembers all it was told.
class RecordingObserver : public RunObserver {
 public:
  void job_started(const Job& job, std::size_t index, std::size_t count) override {
    log.push_back(fmt::format("started {} {}/{}", job.id, index, count));
  }
  void event(const Job&, const Event& event) override {
    events.push_back(event);
    if (on_event) on_event(event);
  }
  void job_finished(const Result& result) override {
    log.push_back(fmt::format("finished {} {}", result.job.id, to_string(result.status)));
  }

  std::vector<std::string> log;
  std::vector<Event> events;
  std::function<void(const Event&)> on_event;
};

inline Result run_script(const ScriptedWorker& worker, const Job& job = small_job()) {
  RecordingObserver observer;
  return run_job(job, worker.options, observer);
}

inline constexpr const char* kStageRun = "echo '{\"event\":\"stage\",\"stage\":\"run\"}'\n";
inline constexpr const char* kStageCompile = "echo '{\"event\":\"stage\",\"stage\":\"compile\"}'\n";

// What every result holds, whatever happened.
inline void expect_row(const Result& result, Status status, const std::string& kind, Stage stage) {
  EXPECT_EQ(to_string(result.status), to_string(status));
  EXPECT_EQ(result.job.id, "job-1");
  EXPECT_EQ(result.model_type, "biobert");
  EXPECT_EQ(result.device, "cpu");
  EXPECT_THAT(result.started_at, ::testing::MatchesRegex("20[0-9-]+T[0-9:]+Z"));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, kind);
  EXPECT_EQ(to_string(result.failure->stage), to_string(stage));
  EXPECT_THAT(result.failure->message, ::testing::Not(::testing::HasSubstr("\n")));
}

}  // namespace medbench::testing
