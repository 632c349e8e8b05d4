// A launcher with fewer places than rows that could take turns.
#include <csignal>
#include <gmock/gmock.h>

#include "runner/interrupt.hpp"
#include "tests/runner/fake_jobs.hpp"
#include "tests/support/launcher_of_places.hpp"

namespace medbench {
namespace {

using ::testing::Contains;
using testing::Diary;
using testing::diary_of;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::fake_job;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

class Places : public ::testing::Test {
 protected:
  [[nodiscard]] WorkerOptions options(int places, std::chrono::milliseconds patience) const {
    WorkerOptions options = testing::fake_options();
    options.launcher = {testing::launcher_of_places(folder_, places)};
    options.parking.patience = patience;
    return options;
  }
  // No start that could come needs these.
  [[nodiscard]] WorkerOptions one() const { return options(1, std::chrono::milliseconds{200}); }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(Places, OfWhichThereIsOneAreTakenOneAfterTheOther) {
  Diary diary;
  const auto results = run_jobs({fake_job("a", 3), fake_job("b", 3), fake_job("c", 3)}, one(), diary);
  EXPECT_THAT(diary.log, ElementsAre("start a", "turn of a", "start b", "b put off beside 1", "resume a",
                                     "ok a n=5", "start b", "turn of b", "resume b", "ok b n=5", "start c",
                                     "turn of c", "resume c", "ok c n=5"));
  EXPECT_THAT(results,
              Each(Field(&Result::notes, Contains(HasSubstr("started no worker beside 1 that waited")))));
}

TEST_F(Places, OfWhichThereAreTwoAreTakenByTwo) {
  // The second has to come within this time.
  const auto options = this->options(2, std::chrono::seconds{3});
  EXPECT_THAT(diary_of({fake_job("a", 3), fake_job("b", 3), fake_job("c", 3), fake_job("d", 3)}, options),
              ElementsAre("start a", "turn of a", "start b", "turn of b", "start c", "c put off beside 2",
                          "resume b", "ok b n=5", "resume a", "ok a n=5",  //
                          "start c", "turn of c", "start d", "turn of d", "resume d", "ok d n=5", "resume c",
                          "ok c n=5"));
}

TEST_F(Places, AreEnoughForRestarts) {
  std::vector<Job> jobs{fake_job("a", 3), fake_job("b", 3)};
  for (Job& job : jobs) job.protocol.restarts = 2;
  EXPECT_THAT(
      diary_of(jobs, one()),
      ElementsAre("start a", "turn of a", "start b", "b put off beside 1", "resume a",  //
                  "start a", "turn of a", "resume a", "ok a n=10",                      //
                  "start b", "turn of b", "resume b", "start b", "turn of b", "resume b", "ok b n=10"));
}

// Whoever else wants places has come between the processes of one row and those of the next.
TEST_F(Places, ThatBecomeFewerAreStillEnoughForRestarts) {
  std::vector<Job> jobs{fake_job("a", 3), fake_job("b", 3)};
  for (Job& job : jobs) job.protocol.restarts = 2;
  WorkerOptions options = this->options(2, std::chrono::seconds{3});
  Diary diary;
  int turns = 0;
  diary.on_turn = [&](const Job&) {
    if (++turns == 3) static_cast<void>(this->options(1, {}));  // the launcher is replaced
  };
  run_jobs(jobs, options, diary);
  EXPECT_THAT(diary.log,
              ElementsAre("start a", "turn of a", "start b", "turn of b", "resume b", "resume a",  //
                          "start b", "turn of b", "start a", "a put off beside 1", "resume b",     //
                          "start a", "turn of a", "resume a", "ok a n=10", "ok b n=10"));
}

TEST_F(Places, AreNotWaitedForBeyondTheTimeToLoad) {
  WorkerOptions options = this->options(1, std::chrono::hours{1});
  options.limits.load = std::chrono::seconds{3};
  EXPECT_THAT(diary_of({fake_job("a", 3), fake_job("b", 3)}, options),
              IsSupersetOf({"b put off beside 1", "ok a n=5", "ok b n=5"}));
}

TEST_F(Places, ThatComeLateAreNoReasonToGoOnAlone) {
  WorkerOptions options = testing::fake_options();
  options.launcher = {"/bin/sh", "-c", "sleep 0.3; exec \"$@\"", "sh"};
  EXPECT_THAT(diary_of({fake_job("a", 3), fake_job("b", 3)}, options),
              ElementsAre("start a", "turn of a", "start b", "turn of b", "resume b", "ok b n=5", "resume a",
                          "ok a n=5"));
}

TEST_F(Places, AreNotWaitedForWhenInterrupted) {
  const InterruptGuard guard;
  Diary diary;
  diary.on_start = [](const Job& job) {
    if (job.id == "b") std::raise(SIGINT);
  };
  WorkerOptions options = this->options(1, std::chrono::hours{1});
  EXPECT_EQ(run_jobs({fake_job("a", 3), fake_job("b", 3)}, options, diary).size(), 1U);
  EXPECT_EQ(diary.log.back(), "ok a n=3");
}

}  // namespace
}  // namespace medbench
