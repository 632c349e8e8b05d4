#include "runner/interrupt.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/runner/scripted_worker.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/sleeping.hpp"

namespace medbench {
namespace {

using namespace std::chrono_literals;
using testing::answer_to;
using ::testing::ElementsAre;
using testing::kStageRun;
using testing::RecordingObserver;
using testing::ScriptedWorker;
using testing::small_job;
using Clock = std::chrono::steady_clock;

bool is_readable(int fd) {
  pollfd ready{fd, POLLIN, 0};
  return poll(&ready, 1, 0) == 1;
}

TEST(Interrupt, IsCountedWhileAGuardLives) {
  EXPECT_FALSE(interrupted());
  {
    const InterruptGuard guard;
    EXPECT_FALSE(interrupted());
    EXPECT_FALSE(is_readable(interrupt_fd()));
    std::raise(SIGTERM);
    EXPECT_TRUE(interrupted());
    EXPECT_EQ(interrupt_signal(), SIGTERM);
    EXPECT_TRUE(is_readable(interrupt_fd()));
    std::raise(SIGINT);
    EXPECT_EQ(interrupt_count(), 2);
    EXPECT_EQ(interrupt_signal(), SIGTERM);
  }
  EXPECT_FALSE(interrupted());
  const InterruptGuard next;
  EXPECT_FALSE(interrupted());
  EXPECT_FALSE(is_readable(interrupt_fd()));
}

TEST(Interrupt, GuardRestoresHandlersAndRespectsIgnoredSignals) {
  struct sigaction ignore {};
  struct sigaction old {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &ignore, &old);
  {
    const InterruptGuard guard;
    std::raise(SIGHUP);
    EXPECT_FALSE(interrupted());
  }
  struct sigaction now {};
  sigaction(SIGHUP, &old, &now);
  EXPECT_EQ(now.sa_handler, SIG_IGN);
  sigaction(SIGINT, nullptr, &now);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST(Interrupt, OneGuardAtATime) {
  const InterruptGuard guard;
  testing::expect_error(ErrorKind::Internal, "second interrupt guard", [] { const InterruptGuard second; });
  std::raise(SIGINT);
  EXPECT_TRUE(interrupted()) << "the failed guard took the first one's handlers away";
}

TEST(Interrupt, TheThirdSignalEndsTheProgram) {
  EXPECT_EXIT(
      {
        const InterruptGuard guard;
        for (int i = 0; i < 3; ++i) std::raise(SIGINT);
      },
      ::testing::ExitedWithCode(128 + SIGINT), "");
}

TEST(Interrupt, StopsTheWorkerAtOnceAndKeepsWhatIsFinished) {
  const ScriptedWorker worker(
      "read job\ncase $job in *job-1*) cat $0.first;; *) echo $$ > $0.pid; cat $0.begin; exec sleep 30;; "
      "esac");
  worker.add_events("first", {ResultEvent{answer_to(small_job())}});
  worker.add_events("begin", {StageEvent{Stage::Run}});
  Job second = small_job();
  second.id = "job-2";
  Job third = small_job();
  third.id = "job-3";
  RecordingObserver observer;
  observer.on_event = [](const Event& event) {
    if (std::holds_alternative<StageEvent>(event)) std::raise(SIGINT);
  };
  const InterruptGuard guard;
  const auto begin = Clock::now();
  const auto results = run_jobs({small_job(), second, third}, worker.options, observer);
  EXPECT_LT(Clock::now() - begin, 10s);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].job.id, "job-1");
  EXPECT_THAT(observer.log, ElementsAre("started job-1 0/3", "finished job-1 ok", "started job-2 1/3"));
  const int pid = std::stoi(read_text_file(worker.path() / "worker-x.pid"));
  EXPECT_EQ(::kill(pid, 0), -1);
}

// The handler runs on the other thread, so that no call of the waiting one is broken off: its descriptor
// alone can wake it before the worker's time is over.
TEST(Interrupt, WakesAWaitThatHasNothingElseToDo) {
  const ScriptedWorker worker("exec sleep 30");
  const InterruptGuard guard;
  const pid_t waiting = ::gettid();
  Clock::time_point raised;
  bool has_waited = false;
  std::thread other([&] {
    has_waited = testing::falls_asleep(waiting);
    raised = Clock::now();
    std::raise(SIGINT);
  });
  RecordingObserver observer;
  const Result result = run_job(small_job(), worker.options, observer);
  const auto ended = Clock::now();
  other.join();
  EXPECT_TRUE(has_waited);
  EXPECT_LT(raised, ended) << "it ended by itself";
  EXPECT_LT(ended - raised, 5s);
  EXPECT_EQ(result.status, Status::Failed);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, "interrupted");
}

TEST(Interrupt, ASecondOneKillsAWorkerThatIgnoresTheFirst) {
  ScriptedWorker worker("trap '' TERM\n" + std::string(kStageRun) + "while :; do sleep 0.02; done");
  worker.options.grace = 60s;
  const InterruptGuard guard;
  RecordingObserver observer;
  observer.on_event = [](const Event&) { std::raise(SIGINT); };
  const pid_t self = getpid();
  std::thread other([self] {
    while (!interrupted()) std::this_thread::sleep_for(5ms);
    std::this_thread::sleep_for(50ms);
    ::kill(self, SIGINT);
  });
  const auto begin = Clock::now();
  const Result result = run_job(small_job(), worker.options, observer);
  other.join();
  EXPECT_LT(Clock::now() - begin, 10s);
  EXPECT_EQ(result.failure->kind, "interrupted");
}

TEST(Interrupt, NothingIsStartedAfterwards) {
  const ScriptedWorker worker("touch $0.started");
  const InterruptGuard guard;
  std::raise(SIGINT);
  RecordingObserver observer;
  EXPECT_TRUE(run_jobs({small_job()}, worker.options, observer).empty());
  EXPECT_TRUE(observer.log.empty());
  EXPECT_FALSE(std::filesystem::exists(worker.path() / "worker-x.started"));
}

}  // namespace
}  // namespace medbench
