// The runner against the real worker code, misbehaving by script.
#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "tests/runner/scripted_worker.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ScopedEnvironment;
using Clock = std::chrono::steady_clock;

WorkerOptions fake_options() {
  WorkerOptions options;
  options.libexec = testing::libexec_folder();
  options.limits = {20s, 20s, 20s};
  options.grace = 200ms;
  return options;
}

Job fake_job(const std::string& more) {
  Job job = testing::small_job();
  job.target.backend = "fake";
  job.protocol.warmup_iterations = 1;
  job.target.options["script"] = "{\"model\": false, \"latencies_ms\": [1.5, 2.5, 3.5, 2.5]" + more + "}";
  return job;
}

Result run_fake(const std::string& more, const WorkerOptions& options = fake_options()) {
  testing::RecordingObserver observer;
  return run_job(fake_job(more), options, observer);
}

std::string action(std::string_view stage, std::string_view rest) {
  return fmt::format(R"(, "actions": [{{"stage": "{}", "do": {}}}])", stage, rest);
}

TEST(FakeWorker, GivesAResult) {
  const Result result = run_fake("");
  EXPECT_EQ(result.status, Status::Ok) << (result.failure ? result.failure->message : "");
  EXPECT_EQ(result.samples.size(), 3U);
  EXPECT_THAT(result.notes, IsEmpty());
}

TEST(FakeWorker, WritesDownWhatItSentBeforeAPassKilledIt) {
  const testing::TemporaryFolder folder;
  const auto sent = folder.path() / "sent";
  // A turn is over after two passes, and before the first of the second turn goes one that is not timed.
  Job job = fake_job(fmt::format(R"(, "sent": "{}", "actions": [{{"pass": 5, "do": "signal", "number": 9}}])",
                                 sent.string()));
  job.protocol.turn = TurnLength{.seconds = 0, .passes = 2};
  testing::RecordingObserver observer;
  const Result result = run_job(job, fake_options(), observer);
  EXPECT_EQ(result.status, Status::OutOfMemory);
  EXPECT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(read_text_file(sent), "2.5\n3.5\n");
}

TEST(FakeWorker, DoesRealWorkByTheMachinesClock) {
  const Result little = run_fake(R"(, "work_rounds": 1)");
  const Result much = run_fake(R"(, "work_rounds": 200)");
  ASSERT_EQ(much.samples.size(), 3U);
  EXPECT_GT(little.samples[0].ms, 0);
  EXPECT_GT(much.samples[0].ms, 10 * little.samples[0].ms);
}

TEST(FakeWorker, ActsWhenTheBackendIsAsked) {
  for (const char* moment : {"report", "read"}) {
    const Result result = run_fake(action(moment, R"("throw", "kind": "runtime", "text": "not readable")"));
    EXPECT_EQ(result.status, Status::Failed);
    EXPECT_EQ(result.failure->stage, Stage::Finish);
    EXPECT_EQ(result.samples.size(), 3U);
  }
}

class FakeWorkerStages : public ::testing::TestWithParam<const char*> {
 protected:
  static Stage stage() { return stage_from_string(GetParam()).value(); }
};

TEST_P(FakeWorkerStages, CrashIsSeenWithItsSignal) {
  const Result result = run_fake(action(GetParam(), R"("signal", "number": 11)"));
  EXPECT_EQ(result.status, Status::Crashed);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->stage, stage());
  EXPECT_THAT(result.failure->message, HasSubstr("SIGSEGV"));
}

TEST_P(FakeWorkerStages, KillIsOutOfMemory) {
  const Result result = run_fake(action(GetParam(), R"("signal", "number": 9)"));
  EXPECT_EQ(result.status, Status::OutOfMemory);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->stage, stage());
}

TEST_P(FakeWorkerStages, EndIsSeenWithItsCode) {
  const Result result = run_fake(action(GetParam(), R"("exit", "code": 7)"));
  EXPECT_EQ(result.status, Status::Crashed);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, "exit");
  EXPECT_EQ(result.failure->stage, stage());
}

TEST_P(FakeWorkerStages, HangIsStopped) {
  WorkerOptions options = fake_options();
  // Only the limit of the stage in question is short.
  (stage() <= Stage::Load      ? options.limits.load
   : stage() == Stage::Compile ? options.limits.compile
                               : options.limits.run) = 900ms;
  const auto begin = Clock::now();
  const Result result = run_fake(action(GetParam(), R"("hang", "ignore_sigterm": true)"), options);
  EXPECT_LT(Clock::now() - begin, 10s);
  EXPECT_EQ(result.status, Status::Timeout);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->stage, stage());
}

INSTANTIATE_TEST_SUITE_P(All, FakeWorkerStages,
                         ::testing::Values("start", "load", "compile", "warmup", "run", "finish"),
                         [](const auto& values) { return std::string(values.param); });

TEST(FakeWorker, RunsOutOfMemoryByALimit) {
  const Result result = run_fake(action("compile", R"("out_of_memory", "number": 64)"));
  EXPECT_EQ(result.status, Status::OutOfMemory);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->stage, Stage::Compile);
}

TEST(FakeWorker, FloodsAreStopped) {
  WorkerOptions options = fake_options();
  options.output = {.line = 100'000, .total = 200'000};
  for (const char* flood : {R"("flood_events")", R"("flood_stdout")"}) {
    const Result result = run_fake(action("run", flood), options);
    EXPECT_EQ(result.status, Status::Failed);
    ASSERT_TRUE(result.failure);
    EXPECT_EQ(result.failure->kind, "protocol");
    EXPECT_EQ(result.failure->stage, Stage::Run);
  }
}

TEST(FakeWorker, AFloodOnStandardErrorDelaysNothing) {
  EXPECT_EQ(run_fake(action("run", R"("flood_stderr", "number": 20000)")).status, Status::Ok);
}

TEST(FakeWorker, GarbageAmongTheEventsIsAProtocolError) {
  const Result result = run_fake(action("load", R"("write", "text": "loading...\n")"));
  EXPECT_EQ(result.status, Status::Failed);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, "protocol");
  EXPECT_THAT(result.failure->message, HasSubstr("loading..."));
}

TEST(FakeWorker, ARuntimeThatPrintsDoesNoHarm) {
  EXPECT_EQ(run_fake(action("load", R"("print", "text": "welcome to the runtime\n")")).status, Status::Ok);
}

TEST(FakeWorker, LiesAreRefused) {
  for (const char* lie :
       {R"("job_id": "other")", R"("batch_size": 64)", R"("model_type": "other")", R"("status": "failed")"}) {
    const Result result = run_fake(fmt::format(R"(, "result": {{{}}})", lie));
    EXPECT_EQ(result.status, Status::Failed) << lie;
    ASSERT_TRUE(result.failure);
    EXPECT_EQ(result.failure->kind, "protocol") << lie;
    EXPECT_EQ(result.job.id, "job-1");
  }
}

TEST(FakeWorker, ASecondResultIsIgnored) {
  EXPECT_EQ(run_fake(R"(, "result": {"copies": 3})").status, Status::Ok);
}

TEST(FakeWorker, RefusalsAndErrorsKeepTheirStatus) {
  const Result refused = run_fake(R"(, "refuse": "no fp8 here")");
  EXPECT_EQ(refused.status, Status::Unsupported);
  EXPECT_THAT(refused.failure->message, HasSubstr("no fp8 here"));
  const Result load =
      run_fake(action("load", R"("throw", "kind": "environment", "text": "weights are gone")"));
  EXPECT_EQ(load.status, Status::LoadError);
  EXPECT_EQ(load.failure->message, "weights are gone");
  const Result nan = run_fake(R"(, "output": "nan")");
  EXPECT_EQ(nan.status, Status::AccError);
  EXPECT_EQ(nan.samples.size(), 3U);
}

TEST(FakeWorker, IsDescribed) {
  const Capabilities said = describe_backend("fake", fake_options());
  EXPECT_EQ(said.backend, "fake");
  EXPECT_FALSE(said.devices.empty()) << said.reason;
  const ScopedEnvironment crash("MEDBENCH_FAKE_DESCRIBE", R"({"do": "signal", "number": 6})");
  const Capabilities crashed = describe_backend("fake", fake_options());
  EXPECT_THAT(crashed.devices, IsEmpty());
  EXPECT_THAT(crashed.reason, HasSubstr("SIGABRT"));
}

}  // namespace
}  // namespace medbench
