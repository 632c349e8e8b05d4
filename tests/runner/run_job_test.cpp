#include <gmock/gmock.h>

#include "tests/runner/scripted_worker.hpp"

namespace medbench {
namespace {

using namespace std::chrono_literals;
using testing::answer_to;
using ::testing::ElementsAre;
using testing::expect_row;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kStageCompile;
using testing::kStageRun;
using testing::RecordingObserver;
using testing::run_script;
using testing::ScriptedWorker;
using testing::small_job;
using Clock = std::chrono::steady_clock;

TEST(RunJob, GivesTheWorkersResultAndPassesEventsOn) {
  const ScriptedWorker worker("cat > $0.job; echo \"$@\" > $0.args; cat $0.events");
  const Job job = small_job();
  worker.add_events(
      "events",
      {StageEvent{Stage::Load}, StageEvent{Stage::Run},
       ProgressEvent{.stage = Stage::Run, .done = 1, .planned = 3, .latency_ms = 1.5, .fraction = 0.25},
       NoteEvent{"hello"}, ResultEvent{answer_to(job)}});
  RecordingObserver observer;
  const Result result = run_job(job, worker.options, observer);
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_FALSE(result.failure);
  EXPECT_THAT(latencies_ms(result.samples), ElementsAre(1.5, 2.5, 2));
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_NE(result.started_at, "");
  ASSERT_EQ(observer.events.size(), 5U);
  EXPECT_EQ(std::get<ProgressEvent>(observer.events[2]).done, 1);
  EXPECT_EQ(std::get<NoteEvent>(observer.events[3]).text, "hello");
  EXPECT_EQ(read_json_file(worker.path() / "worker-x.job"), to_json(job));
  EXPECT_EQ(read_text_file(worker.path() / "worker-x.args"), "run\n");
}

TEST(RunJob, TakesAResultWithoutANewlineAtTheEnd) {
  const ScriptedWorker worker("printf %s \"$(cat $0.events)\"");
  worker.add_events("events", {ResultEvent{answer_to(small_job())}});
  EXPECT_EQ(run_script(worker).status, Status::Ok);
}

TEST(RunJob, PutsTheLauncherInFront) {
  ScriptedWorker worker("cat $0.events; echo \"$@\" > $0.args");
  worker.add_events("events", {ResultEvent{answer_to(small_job())}});
  worker.options.launcher = {"env", "A=b"};
  EXPECT_EQ(run_script(worker).status, Status::Ok);
  EXPECT_EQ(read_text_file(worker.path() / "worker-x.args"), "run\n");
}

TEST(RunJob, TellsTheWorkerWhoStartedIt) {
  ScriptedWorker worker("cat $0.events; echo $MEDBENCH_RUNNER_PID > $0.runner");
  worker.add_events("events", {ResultEvent{answer_to(small_job())}});
  EXPECT_EQ(run_script(worker).status, Status::Ok);
  EXPECT_EQ(read_text_file(worker.path() / "worker-x.runner"), fmt::format("{}\n", getpid()));
}

TEST(RunJob, FeedsALargeJobToAWorkerThatIsSlowToRead) {
  const ScriptedWorker worker(
      "head -c 300000 /dev/zero | tr '\\0' ' ' >&2; sleep 0.05; wc -c > $0.size; cat $0.events");
  Job job = small_job();
  job.target.options["large"] = std::string(200'000, 'x');
  worker.add_events("events", {ResultEvent{answer_to(job)}});
  EXPECT_EQ(run_script(worker, job).status, Status::Ok);
  EXPECT_EQ(std::stoul(read_text_file(worker.path() / "worker-x.size")), dump_line(to_json(job)).size() + 1);
}

TEST(RunJob, ANameThatIsNotUtf8IsNoLie) {
  const ScriptedWorker worker("cat $0.events");
  Job job = small_job();
  job.work.model.name = "models/\xff";
  worker.add_events("events", {ResultEvent{answer_to(job)}});
  EXPECT_EQ(run_script(worker, job).status, Status::Ok);
}

TEST(RunJob, AnErrorEventGivesItsStatus) {
  const ScriptedWorker worker("echo detail >&2; cat $0.events");
  worker.add_events(
      "events",
      {NoteEvent{"fell back"},
       ErrorEvent{Status::Unsupported,
                  {.kind = "unsupported", .stage = Stage::Load, .message = "no\nfp8", .stderr_tail = {}}}});
  const Result result = run_script(worker);
  expect_row(result, Status::Unsupported, "unsupported", Stage::Load);
  EXPECT_EQ(result.failure->message, "no\\nfp8");
  EXPECT_EQ(result.failure->stderr_tail, "detail");
  EXPECT_THAT(result.notes, ElementsAre("fell back"));
}

TEST(RunJob, ACrashIsNamedWithItsSignalAndStage) {
  const ScriptedWorker worker(kStageCompile + std::string("echo 'last words' >&2; kill -SEGV $$"));
  const Result result = run_script(worker);
  expect_row(result, Status::Crashed, "signal", Stage::Compile);
  EXPECT_THAT(result.failure->message, HasSubstr("SIGSEGV"));
  EXPECT_THAT(result.failure->message, HasSubstr("compile"));
  EXPECT_EQ(result.failure->stderr_tail, "last words");
}

TEST(RunJob, HalfALineBeforeACrashIsNotTheCause) {
  const ScriptedWorker worker("printf '{\"event\":'; kill -ABRT $$");
  const Result result = run_script(worker);
  expect_row(result, Status::Crashed, "signal", Stage::Start);
  EXPECT_THAT(result.failure->message, HasSubstr("SIGABRT"));
}

TEST(RunJob, SigkillFromOutsideIsOutOfMemory) {
  const ScriptedWorker worker(kStageRun + std::string("kill -KILL $$"));
  const Result result = run_script(worker);
  expect_row(result, Status::OutOfMemory, "signal", Stage::Run);
  EXPECT_THAT(result.failure->message, HasSubstr("out-of-memory killer"));
}

TEST(RunJob, AnEndWithoutAResultIsACrash) {
  const Result silent = run_script(ScriptedWorker("exit 0"));
  expect_row(silent, Status::Crashed, "exit", Stage::Start);
  EXPECT_THAT(silent.failure->message, HasSubstr("exit code 0 during start without a result"));
  const Result code = run_script(ScriptedWorker(kStageRun + std::string("exit 3")));
  expect_row(code, Status::Crashed, "exit", Stage::Run);
  EXPECT_THAT(code.failure->message, HasSubstr("exit code 3"));
}

TEST(RunJob, ALauncherThatCannotStartTheWorkerIsALoadError) {
  ScriptedWorker worker("exit 0");
  worker.options.launcher = {"/bin/sh", "-c", "exit 127"};
  const Result missing = run_script(worker);
  expect_row(missing, Status::LoadError, "environment", Stage::Start);
  EXPECT_THAT(missing.failure->message, HasSubstr("launcher"));
  worker.options.launcher = {"/bin/sh", "-c", "exit 137"};
  expect_row(run_script(worker), Status::OutOfMemory, "signal", Stage::Start);
  worker.options.launcher = {"/nowhere/srun"};
  const Result no_launcher = run_script(worker);
  expect_row(no_launcher, Status::LoadError, "environment", Stage::Start);
  EXPECT_THAT(no_launcher.failure->message, HasSubstr("/nowhere/srun"));
}

TEST(RunJob, AWorkerThatCannotBeStartedIsALoadErrorWithAdvice) {
  const ScriptedWorker worker("exit 0");
  worker.install("worker-garbage",
                 "\x7f"
                 "ELF");
  std::filesystem::permissions(worker.path() / "worker-x", std::filesystem::perms::owner_read);
  const Result locked = run_script(worker);
  expect_row(locked, Status::LoadError, "environment", Stage::Start);
  EXPECT_THAT(locked.failure->message, HasSubstr("chmod +x"));
  Job job = small_job();
  job.target.backend = "absent";
  const Result missing = run_script(worker, job);
  expect_row(missing, Status::LoadError, "environment", Stage::Start);
  EXPECT_THAT(missing.failure->message, HasSubstr("worker-absent"));
  EXPECT_THAT(missing.failure->message, HasSubstr("MEDBENCH_LIBEXEC"));
  job.target.backend = "garbage";
  const Result garbage = run_script(worker, job);
  expect_row(garbage, Status::LoadError, "environment", Stage::Start);
  EXPECT_THAT(garbage.failure->message, HasSubstr("Exec format error"));
}

TEST(RunJob, AMissingSharedLibraryIsALoadError) {
  const ScriptedWorker worker("echo 'libx.so: cannot open shared object file' >&2; exit 127");
  const Result result = run_script(worker);
  expect_row(result, Status::LoadError, "environment", Stage::Start);
  EXPECT_THAT(result.failure->stderr_tail, HasSubstr("libx.so"));
}

TEST(RunJob, AResultWithItsErrorKeepsTheNumbers) {
  const ScriptedWorker worker("echo nan >&2; cat $0.events");
  Result result = answer_to(small_job());
  result.status = Status::AccError;
  result.failure =
      Failure{.kind = "runtime", .stage = Stage::Finish, .message = "NaN in output", .stderr_tail = {}};
  worker.add_events("events", {ResultEvent{result}});
  const Result row = run_script(worker);
  expect_row(row, Status::AccError, "runtime", Stage::Finish);
  EXPECT_EQ(row.samples.size(), 3U);
  EXPECT_EQ(row.failure->stderr_tail, "nan");
}

TEST(RunJob, KeepsAResultWhoseWorkerDoesNotEnd) {
  ScriptedWorker worker("trap '' TERM; cat $0.events; while :; do echo more; sleep 0.01; done");
  worker.add_events("events", {ResultEvent{answer_to(small_job())}});
  worker.options.grace = 100ms;
  const Result result = run_script(worker);
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_EQ(result.samples.size(), 3U);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("did not end within 100 ms")));
}

TEST(RunJob, KeepsAResultWhoseWorkerCrashesAfterwards) {
  const ScriptedWorker worker("cat $0.events; kill -SEGV $$");
  worker.add_events("events", {ResultEvent{answer_to(small_job())}});
  const Result result = run_script(worker);
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("SIGSEGV")));
}

TEST(RunJob, AGrandchildThatKeepsThePipesOpenDelaysNothing) {
  const ScriptedWorker worker("sleep 30 & cat $0.events");
  worker.add_events("events", {ResultEvent{answer_to(small_job())}});
  const auto begin = Clock::now();
  EXPECT_EQ(run_script(worker).status, Status::Ok);
  EXPECT_LT(Clock::now() - begin, 10s);
}

TEST(RunJob, KeepsTheEndOfAFloodOnStandardError) {
  const ScriptedWorker worker("seq 1 40000 >&2; kill -SEGV $$");
  const Result result = run_script(worker);
  expect_row(result, Status::Crashed, "signal", Stage::Start);
  EXPECT_THAT(result.failure->stderr_tail, ::testing::EndsWith("39999\n40000"));
  EXPECT_LE(result.failure->stderr_tail.size(), 4096U);
}

TEST(RunJob, AnObserverThatThrowsLeavesNoWorkerBehind) {
  const ScriptedWorker worker(std::string("echo $$ > $0.pid\n") + kStageRun + "exec sleep 30");
  RecordingObserver observer;
  observer.on_event = [](const Event&) { throw environment_error("disk full"); };
  EXPECT_THROW(run_job(small_job(), worker.options, observer), Error);
  const int pid = std::stoi(read_text_file(worker.path() / "worker-x.pid"));
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(RunJobs, GoesOnAfterAFailureAndTellsTheObserverAtOnce) {
  const ScriptedWorker worker(
      "read job; case $job in *job-1*) kill -SEGV $$;; *job-2*) cat $0.second;; esac");
  Job second = small_job();
  second.id = "job-2";
  worker.add_events("second", {ResultEvent{answer_to(second)}});
  RecordingObserver observer;
  const auto results = run_jobs({small_job(), second}, worker.options, observer);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].status, Status::Crashed);
  EXPECT_EQ(results[1].status, Status::Ok);
  EXPECT_THAT(observer.log, ElementsAre("started job-1 0/2", "finished job-1 crashed", "started job-2 1/2",
                                        "finished job-2 ok"));
}

}  // namespace
}  // namespace medbench
