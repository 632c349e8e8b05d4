// Jobs that take turns: the runner against the real worker code.
#include <gmock/gmock.h>

#include "base/error.hpp"
#include "runner/interrupt.hpp"
#include "runner/job_process.hpp"
#include "tests/runner/fake_jobs.hpp"

namespace medbench {
namespace {

using testing::Diary;
using testing::diary_of;
using ::testing::ElementsAre;
using testing::fake_job;
using testing::fake_options;
using ::testing::HasSubstr;
using testing::ScriptedWorker;

TEST(Turns, OfJobsThatDoTheSameWorkAreInterleaved) {
  EXPECT_THAT(diary_of({fake_job("a", 3), fake_job("b", 3), fake_job("c", 3)}),
              ElementsAre("start a", "turn of a", "start b", "turn of b", "start c", "turn of c", "resume c",
                          "ok c n=5", "resume b", "ok b n=5", "resume a", "ok a n=5"));
}

TEST(Turns, GoBackAndForth) {
  EXPECT_THAT(diary_of({fake_job("a", 2), fake_job("b", 2)}),
              ElementsAre("start a", "turn of a", "start b", "turn of b", "resume b", "turn of b", "resume a",
                          "turn of a", "resume a", "ok a n=5", "resume b", "ok b n=5"));
}

TEST(Turns, OfOtherWorkComeLater) {
  Job other = fake_job("b", 3);
  other.work.axes.set(Axis::Batch, 7);
  EXPECT_THAT(diary_of({fake_job("a", 3), other}),
              ElementsAre("start a", "turn of a", "resume a", "ok a n=5", "start b", "turn of b", "resume b",
                          "ok b n=5"));
}

TEST(Turns, AreNoneWithoutAsking) {
  EXPECT_THAT(diary_of({fake_job("a", 0), fake_job("b", 0)}),
              ElementsAre("start a", "ok a n=5", "start b", "ok b n=5"));
}

TEST(Turns, StopWhereMemoryEnds) {
  WorkerOptions options = fake_options();
  options.parking.available_mb = [] { return 0.5; };
  EXPECT_THAT(diary_of({fake_job("a", 3), fake_job("b", 3)}, options),
              ElementsAre("start a", "turn of a", "resume a", "ok a n=5", "start b", "turn of b", "resume b",
                          "ok b n=5"));
  options.parking.available_mb = [] { return 1e9; };
  options.parking.most = 1;
  EXPECT_EQ(diary_of({fake_job("a", 3), fake_job("b", 3)}, options).at(2), "resume a");
}

TEST(Turns, OfAJobThatFailsAreOver) {
  const auto crash = fake_job("b", 3, R"(, "actions": [{"stage": "compile", "do": "signal", "number": 11}])");
  EXPECT_THAT(diary_of({fake_job("a", 3), crash}),
              ElementsAre("start a", "turn of a", "start b", "crashed b n=0", "resume a", "ok a n=5"));
}

TEST(Turns, WithFewerIterationsAreFewer) {
  Job job = fake_job("a", 3);
  job.protocol.num_iterations = 1;
  EXPECT_THAT(diary_of({job}), ElementsAre("start a", "ok a n=1"));
}

TEST(Turns, OfARunOfOneJobFollowEachOther) {
  Diary diary;
  const Result result = run_job(fake_job("a", 3), fake_options(), diary);
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_EQ(result.samples.size(), 5U);
  EXPECT_EQ(result.metrics.get("warmup_iterations"), 1);
  EXPECT_EQ(result.samples.front().turn, 0U);
  EXPECT_EQ(result.samples.back().turn, 1U);
}

TEST(Turns, KeepTheirSamplesWhenInterrupted) {
  const InterruptGuard guard;
  Diary diary;
  diary.on_turn = [](const Job& job) {
    if (job.id == "b") std::raise(SIGINT);
  };
  const auto results =
      run_jobs({fake_job("a", 3), fake_job("b", 3), fake_job("c", 3)}, fake_options(), diary);
  EXPECT_THAT(diary.log, ElementsAre("start a", "turn of a", "start b", "turn of b", "ok a n=3", "ok b n=3"));
  for (const auto& result : results) {
    EXPECT_EQ(result.stop_rule, kStoppedEarly);
    EXPECT_THAT(result.notes, ::testing::Contains("stopped after turn 1"));
  }
}

TEST(Turns, ParkedWorkersDieWithTheRun) {
  const ScriptedWorker worker(
      "read job\necho $$ > $0.pid\necho '{\"event\":\"turn\",\"done\":1}'\nexec sleep 30");
  Job job = testing::small_job();
  job.protocol.turn = TurnLength{};
  Diary diary;
  {
    JobProcess process(job, worker.options, diary);
    EXPECT_EQ(process.run(), JobProcess::Halt::Parked);
    EXPECT_GT(process.resident_mb(), 0);
  }
  const int pid = std::stoi(read_text_file(worker.path() / "worker-x.pid"));
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Turns, AWorkerThatDiesBetweenThemIsACrash) {
  const ScriptedWorker worker("read job\necho '{\"event\":\"turn\",\"done\":1}'\nread go\nkill -SEGV $$");
  Job job = testing::small_job();
  job.protocol.turn = TurnLength{};
  Diary diary;
  EXPECT_EQ(run_job(job, worker.options, diary).status, Status::Crashed);
}

TEST(Turns, ThatNobodyAskedForBreakTheProtocol) {
  for (const char* turn : {R"({"event":"turn","done":2})", R"({"event":"turn","done":0})"}) {
    const ScriptedWorker worker(fmt::format("read job\necho '{}'\nexec sleep 30", turn));
    Job job = testing::small_job();
    job.protocol.turn = TurnLength{};
    testing::expect_row(testing::run_script(worker, job), Status::Failed, "protocol", Stage::Start);
  }
}

TEST(Turns, OfAJobThatWasNotToTakeAnyBreakTheProtocol) {
  const ScriptedWorker worker("read job\necho '{\"event\":\"turn\",\"done\":1}'\nexec sleep 30");
  testing::expect_row(testing::run_script(worker, testing::small_job()), Status::Failed, "protocol",
                      Stage::Start);
}

TEST(Turns, ThatRepeatBreakTheProtocol) {
  const std::string turn = R"(echo '{"event":"turn","done":1}')";
  const ScriptedWorker worker("read job\n" + turn + "\nread go\n" + turn + "\nexec sleep 30");
  Job job = testing::small_job();
  job.protocol.turn = TurnLength{};
  const Result result = testing::run_script(worker, job);
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->message, HasSubstr("it ended turn 1 after 1"));
}

TEST(Restarts, AreFreshProcessesInTurnAndOneRow) {
  std::vector<Job> jobs{fake_job("a", 3), fake_job("b", 3)};
  for (Job& job : jobs) job.protocol.restarts = 2;
  Diary diary;
  const auto results = run_jobs(jobs, fake_options(), diary);
  EXPECT_THAT(diary.log,
              ElementsAre("start a", "turn of a", "start b", "turn of b", "resume b", "resume a",  //
                          "start b", "turn of b", "start a", "turn of a", "resume a", "resume b",  //
                          "ok a n=10", "ok b n=10"));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].samples.front().process, 0U);
  EXPECT_EQ(results[0].samples.back().process, 1U);
  EXPECT_EQ(results[0].metrics.get("processes.n"), 2);
  EXPECT_EQ(results[0].metrics.get("latency_ms.n"), 10);
}

TEST(Restarts, EndWithTheProcessThatFails) {
  Job job = fake_job("a", 0, R"(, "actions": [{"stage": "finish", "do": "signal", "number": 11}])");
  job.protocol.restarts = 3;
  Diary diary;
  const auto results = run_jobs({job}, fake_options(), diary);
  EXPECT_THAT(diary.log, ElementsAre("start a", "crashed a n=5"));
}

TEST(Restarts, ThatWereNotReachedAreSaid) {
  const InterruptGuard guard;
  std::vector<Job> jobs{fake_job("a", 3), fake_job("b", 3)};
  for (Job& job : jobs) job.protocol.restarts = 3;
  Diary diary;
  int turns = 0;
  diary.on_turn = [&](const Job&) {
    if (++turns == 3) std::raise(SIGINT);
  };
  const auto results = run_jobs(jobs, fake_options(), diary);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].stop_rule, kStoppedEarly);
  EXPECT_EQ(results[0].samples.size(), 5U);
  EXPECT_THAT(results[0].notes, ::testing::Contains("stopped after process 1 of 3"));
  EXPECT_EQ(results[1].samples.size(), 8U) << "the process in flight answered with its turn";
}

}  // namespace
}  // namespace medbench
