// What a worker says, or does not say, when something goes wrong.
#include <array>
#include <chrono>
#include <csignal>
#include <gmock/gmock.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/sleeping.hpp"
#include "tests/worker/worker_process.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

struct ThrowCase {
  const char* stage;
  const char* kind;
  Status status;
  const char* reported_kind;
};

TEST(WorkerFailure, MapsErrorsByKindAndStage) {
  const std::vector<ThrowCase> cases{
      {"start", "usage", Status::Failed, "usage"},
      {"load", "usage", Status::LoadError, "usage"},
      {"load", "environment", Status::LoadError, "environment"},
      {"compile", "unsupported", Status::Unsupported, "unsupported"},
      {"compile", "runtime", Status::Failed, "runtime"},
      {"warmup", "exception", Status::Failed, "runtime"},
      {"run", "usage", Status::Failed, "usage"},
      {"finish", "internal", Status::Failed, "internal"},
  };
  for (const auto& [stage, kind, status, reported] : cases) {
    const WorkerRun run =
        run_script(script_doing(stage, "throw", {{"kind", kind}, {"text", "first\nsecond"}}));
    EXPECT_EQ(run.exit, (ExitStatus{ExitStatus::Kind::Exited, 0}));
    const ErrorEvent& error = error_of(run);
    EXPECT_EQ(error.status, status) << stage << kind;
    EXPECT_EQ(error.failure.kind, reported);
    EXPECT_EQ(to_string(error.failure.stage), stage);
    EXPECT_EQ(error.failure.message, "first\\nsecond");
  }
}

TEST(WorkerFailure, OutOfMemoryIsAStatus) {
  const WorkerRun run = run_script(script_doing("run", "out_of_memory", {{"number", 64}}));
  EXPECT_EQ(error_of(run).status, Status::OutOfMemory);
  EXPECT_EQ(error_of(run).failure.stage, Stage::Run);
}

TEST(WorkerFailure, BadJobsAreAnsweredWithAUsageError) {
  for (const char* input : {"", "{", "[]", "{\"id\": 5}", "\xff\xfe", "null"}) {
    const WorkerRun run = run_worker("run", input);
    EXPECT_EQ(run.exit, (ExitStatus{ExitStatus::Kind::Exited, 0}));
    const auto error = std::get<ErrorEvent>(decode_event(split_lines(run.output).back()));
    EXPECT_EQ(error.status, Status::Failed);
    EXPECT_EQ(error.failure.kind, "usage");
    EXPECT_EQ(error.failure.stage, Stage::Start);
  }
}

TEST(WorkerFailure, DiesByTheScriptedSignalAtEveryStage) {
  const std::vector<std::pair<const char*, std::size_t>> cases{{"start", 0},  {"load", 1}, {"compile", 2},
                                                               {"warmup", 3}, {"run", 4},  {"finish", 5}};
  for (const auto& [stage, announced] : cases) {
    const WorkerRun run = run_script(script_doing(stage, "signal", {{"number", SIGSEGV}}));
    EXPECT_EQ(run.exit, (ExitStatus{ExitStatus::Kind::Signalled, SIGSEGV})) << stage;
    EXPECT_EQ(stages(run).size(), announced);
  }
}

TEST(WorkerFailure, ExitsWithoutAResult) {
  const WorkerRun run = run_script(script_doing("run", "exit", {{"code", 3}}));
  EXPECT_EQ(run.exit, (ExitStatus{ExitStatus::Kind::Exited, 3}));
  EXPECT_EQ(run.events.size(), 4U);
}

TEST(WorkerFailure, WhatARuntimePrintsNeverReachesTheEvents) {
  const WorkerRun run = run_script(script_doing("run", "print", {{"text", "chatter\n"}}));
  EXPECT_EQ(result_of(run).status, Status::Ok);
  EXPECT_THAT(run.error, HasSubstr("chatter"));
}

TEST(WorkerFailure, ScriptsWriteFloodAndLie) {
  EXPECT_THAT(
      run_worker("run",
                 job_json({{"actions", {{{"stage", "load"}, {"do", "write"}, {"text", "{oops\n"}}}}}).dump())
          .output,
      HasSubstr("\n{oops\n"));
  const WorkerRun noisy = run_script(script_doing("run", "flood_stderr", {{"number", 5000}}));
  EXPECT_EQ(result_of(noisy).status, Status::Ok);
  EXPECT_THAT(noisy.error, HasSubstr("line 5000 of many"));
  const WorkerRun liar = run_script({{"result", {{"job_id", "other"}, {"batch_size", 99}, {"copies", 2}}}});
  EXPECT_EQ(result_of(liar).job.id, "other");
  EXPECT_EQ(result_of(liar).job.work.axes[Axis::Batch], 99);
  EXPECT_TRUE(std::holds_alternative<ResultEvent>(liar.events[liar.events.size() - 2]));
}

TEST(WorkerFailure, HangsAndIgnoresSigtermWhenTold) {
  for (const bool ignore : {false, true}) {
    Subprocess process({{fake_worker_path(), "run"}, {}});
    const std::string job = job_json(script_doing("run", "hang", {{"ignore_sigterm", ignore}})).dump();
    ASSERT_EQ(write_some(process.input().get(), job), job.size());
    process.input().reset();
    std::string output;
    std::array<char, 4096> buffer{};
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (output.find("\"run\"") == std::string::npos && std::chrono::steady_clock::now() < deadline) {
      const auto count = read_some(process.output().get(), buffer);
      ASSERT_TRUE(count);
      output.append(buffer.data(), *count);
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    ASSERT_THAT(output, HasSubstr("\"run\"")) << "it never came to the stage where it is to hang";
    EXPECT_TRUE(testing::falls_asleep(process.pid()));
    EXPECT_EQ(read_some(process.output().get(), buffer), 0U) << "it went on";
    EXPECT_FALSE(process.has_exited());
    const auto grace = ignore ? std::chrono::milliseconds{200} : std::chrono::milliseconds{20000};
    EXPECT_EQ(process.terminate(grace),
              (ExitStatus{ExitStatus::Kind::Signalled, ignore ? SIGKILL : SIGTERM}));
  }
}

TEST(WorkerFailure, EndsWhenNobodyListens) {
  for (const char* flood : {"flood_stdout", "flood_events"}) {
    Subprocess process({{fake_worker_path(), "run"}, {}});
    const std::string job = job_json(script_doing("run", flood)).dump();
    ASSERT_EQ(write_some(process.input().get(), job), job.size());
    process.input().reset();
    process.output().reset();
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!process.has_exited() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    ASSERT_TRUE(process.has_exited());
    EXPECT_EQ(process.finish(), (ExitStatus{ExitStatus::Kind::Exited, 1}));
  }
}

TEST(WorkerFailure, RefusesOtherCommands) {
  const WorkerRun run = run_worker("dance", "");
  EXPECT_EQ(run.exit, (ExitStatus{ExitStatus::Kind::Exited, 2}));
  EXPECT_TRUE(run.output.empty());
  EXPECT_THAT(run.error, HasSubstr("describe | run"));
}

TEST(WorkerFailure, ScriptErrorsNameTheKey) {
  for (const char* script : {R"({"model": 5})", R"({"latencies_ms": [-1]})", R"({"output": "odd"})",
                             R"({"actions": [{"stage": "run", "do": "fly"}]})",
                             R"({"actions": [{"stage": "moon", "do": "hang"}]})"}) {
    Json job = job_json(Json::object());
    job["target"]["options"]["script"] = script;
    const auto error =
        std::get<ErrorEvent>(decode_event(split_lines(run_worker("run", job.dump()).output).back()));
    EXPECT_EQ(error.failure.kind, "usage") << script;
  }
}

}  // namespace
}  // namespace medbench
