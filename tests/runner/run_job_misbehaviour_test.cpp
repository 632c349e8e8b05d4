#include <gmock/gmock.h>

#include "base/error.hpp"
#include "tests/runner/scripted_worker.hpp"

namespace medbench {
namespace {

using namespace std::chrono_literals;
using testing::answer_to;
using testing::expect_row;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kStageCompile;
using testing::kStageRun;
using ::testing::Not;
using testing::run_script;
using testing::ScriptedWorker;
using testing::small_job;
using Clock = std::chrono::steady_clock;

struct Limited {
  const char* name;
  std::string script;
  Stage stage;
  StageLimits limits;
};

class RunJobLimits : public ::testing::TestWithParam<Limited> {};

TEST_P(RunJobLimits, StopAWorkerThatHangs) {
  ScriptedWorker worker(GetParam().script);
  worker.options.limits = GetParam().limits;
  worker.options.grace = 100ms;
  const auto begin = Clock::now();
  const Result result = run_script(worker);
  EXPECT_LT(Clock::now() - begin, 10s);
  expect_row(result, Status::Timeout, "timeout", GetParam().stage);
  EXPECT_THAT(result.failure->message, HasSubstr("limit of 0.1 s"));
}

const std::string kHang = "while :; do sleep 0.02; done";
INSTANTIATE_TEST_SUITE_P(
    Stages, RunJobLimits,
    ::testing::Values(Limited{"BeforeTheFirstEvent", kHang, Stage::Start, {100ms, 60s, 60s}},
                      Limited{"Compile", kStageCompile + kHang, Stage::Compile, {60s, 100ms, 60s}},
                      Limited{"Run", kStageRun + kHang, Stage::Run, {60s, 60s, 100ms}},
                      Limited{"IgnoringSigterm", "trap '' TERM\n" + kHang, Stage::Start, {100ms, 60s, 60s}},
                      Limited{
                          "ClosedStreams", "exec >&- 2>&- <&-\n" + kHang, Stage::Start, {100ms, 60s, 60s}},
                      Limited{"Stopped", "kill -STOP $$", Stage::Start, {100ms, 60s, 60s}},
                      Limited{"EndlessProgress",
                              kStageRun + std::string("while :; do cat $0.progress 2>/dev/null || echo "
                                                      "'{\"event\":\"note\",\"text\":\"\"}'; done"),
                              Stage::Run,
                              {60s, 60s, 100ms}},
                      Limited{"StageAnnouncedAgainAndAgain",
                              "while :; do echo '{\"event\":\"stage\",\"stage\":\"run\"}'; done",
                              Stage::Run,
                              {60s, 60s, 100ms}}),
    [](const auto& values) { return values.param.name; });

TEST(RunJob, EachStageHasItsOwnLimit) {
  ScriptedWorker worker(
      "cat $0.load; sleep 0.3; cat $0.compile; sleep 0.3; cat $0.run; sleep 0.3; cat $0.end");
  worker.add_events("load", {StageEvent{Stage::Load}});
  worker.add_events("compile", {StageEvent{Stage::Compile}});
  worker.add_events("run", {StageEvent{Stage::Run}});
  worker.add_events("end", {ResultEvent{answer_to(small_job())}});
  worker.options.limits = {800ms, 800ms, 800ms};
  EXPECT_EQ(run_script(worker).status, Status::Ok);
}

// As long as rows are done, but not longer.
TEST(RunJob, AnEvaluationTakesAsLongAsItGetsOn) {
  const std::string event =
      R"({"event":"progress","stage":"evaluate","done":%s,"planned":0,"latency_ms":0,"fraction":0.5})";
  const std::string steps = "cat $0.begin; for i in 1 2 3 4 5 6; do sleep 0.2; printf '" + event + "\\n' ";
  ScriptedWorker advancing(steps + "$i; done; cat $0.end");
  ScriptedWorker standing(steps + "1; done; cat $0.end");
  for (ScriptedWorker* worker : {&advancing, &standing}) {
    worker->add_events("begin", {StageEvent{Stage::Run}, StageEvent{Stage::Evaluate}});
    worker->add_events("end", {ResultEvent{answer_to(small_job())}});
    worker->options.limits.run = 700ms;
    worker->options.grace = 100ms;
  }
  EXPECT_EQ(run_script(advancing).status, Status::Ok);
  expect_row(run_script(standing), Status::Timeout, "timeout", Stage::Evaluate);
}

struct Broken {
  const char* name;
  std::string script;
  const char* part;
};

class RunJobProtocol : public ::testing::TestWithParam<Broken> {};

TEST_P(RunJobProtocol, StopsAWorkerThatBreaksIt) {
  ScriptedWorker worker(GetParam().script + "\nexec sleep 30");
  worker.options.output = {.line = 100'000, .total = 200'000};
  const auto begin = Clock::now();
  const Result result = run_script(worker);
  EXPECT_LT(Clock::now() - begin, 10s);
  EXPECT_EQ(result.status, Status::Failed);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, "protocol");
  EXPECT_THAT(result.failure->message, HasSubstr(GetParam().part));
  EXPECT_THAT(result.failure->message, Not(HasSubstr("\n")));
}

INSTANTIATE_TEST_SUITE_P(
    Events, RunJobProtocol,
    ::testing::Values(
        Broken{"NotJson", "echo 'Loading model...'", "Loading model..."},
        Broken{"EmptyLine", "echo", "not valid JSON"},
        Broken{"UnknownEvent", "echo '{\"event\":\"party\"}'", "party"},
        Broken{"NoObject", "echo '[1]'", "object"},
        Broken{"MissingKey", "echo '{\"event\":\"stage\"}'", "stage"},
        Broken{"Binary", "head -c 200 /dev/urandom; echo", "not valid JSON"},
        Broken{"GoesBack", kStageRun + std::string(kStageCompile), "went back"},
        Broken{"EndlessLine", "head -c 150000 /dev/zero | tr '\\0' x", "line of more than 100000 bytes"},
        Broken{"EndlessLines",
               "yes '{\"event\":\"note\",\"text\":\"again and again and again and again and again\"}'",
               "more than 200000 bytes"}),
    [](const auto& values) { return values.param.name; });

TEST(RunJob, HalfALineAtACleanEndIsAProtocolError) {
  const Result result = run_script(ScriptedWorker("printf '{\"event\":'"));
  expect_row(result, Status::Failed, "protocol", Stage::Start);
}

// Whatever goes wrong after it: a signal, an error, a hang, garbage.
TEST(RunJob, ARowThatGoesWrongKeepsTheSamplesSoFar) {
  const std::vector<Sample> samples{{.ms = 2}, {.ms = 4, .slot = 1}, {.ms = 3, .slot = 2}};
  const ErrorEvent error{
      .status = Status::Failed,
      .failure = {.kind = "runtime", .stage = Stage::Run, .message = "broken", .stderr_tail = {}}};
  for (const auto& [end, status] :
       {std::pair{"kill -SEGV $$", Status::Crashed}, std::pair{"cat $0.error", Status::Failed},
        std::pair{"exec sleep 30", Status::Timeout}, std::pair{"echo nonsense", Status::Failed}}) {
    SCOPED_TRACE(end);
    ScriptedWorker worker(std::string("read job\ncat $0.events\n") + end);
    worker.add_events("events", {StageEvent{Stage::Run}, SamplesEvent{samples}});
    worker.add_events("error", {error});
    if (status == Status::Timeout) worker.options.limits.run = std::chrono::milliseconds{300};
    const Result row = run_script(worker);
    EXPECT_EQ(row.status, status);
    EXPECT_EQ(row.samples, samples);
    EXPECT_EQ(row.metrics.get("latency_ms.p50"), 3);
  }
}

struct Lie {
  const char* name;
  void (*change)(Result&);
  const char* part;
};

class RunJobLies : public ::testing::TestWithParam<Lie> {};

TEST_P(RunJobLies, AreRefused) {
  const ScriptedWorker worker("cat $0.events");
  Result result = answer_to(small_job());
  GetParam().change(result);
  worker.add_events("events", {ResultEvent{result}});
  const Result row = run_script(worker);
  expect_row(row, Status::Failed, "protocol", Stage::Start);
  EXPECT_THAT(row.failure->message, HasSubstr(GetParam().part));
  EXPECT_THAT(row.samples, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Results, RunJobLies,
    ::testing::Values(
        Lie{"Id", [](Result& r) { r.job.id = "job-2"; }, "id is \"job-2\", asked was \"job-1\""},
        Lie{"Batch", [](Result& r) { r.job.work.axes.set(Axis::Batch, 3); }, "batch_size is 3, asked was 2"},
        Lie{"Sequence", [](Result& r) { r.job.work.axes.set(Axis::Seq, 8); },
            "seq_length is 8, asked was 16"},
        Lie{"Precision", [](Result& r) { r.job.target.precision = "bf16"; }, "precision"},
        Lie{"Device", [](Result& r) { r.job.target.device = "cuda"; }, "device"},
        Lie{"Model", [](Result& r) { r.job.work.model.name = "other"; }, "name is \"other\""},
        Lie{"ModelType", [](Result& r) { r.model_type = "other"; }, "model other"},
        Lie{"Text", [](Result& r) { r.job.work.data = TextData{.file = "f", .column = {}}; }, "text is {"},
        Lie{"FewSamples", [](Result& r) { r.samples.pop_back(); }, "2 samples, asked was 3"},
        Lie{"NoSamples", [](Result& r) { r.samples.clear(); }, "no samples"},
        Lie{"NegativeSample", [](Result& r) { r.samples[1].ms = -1; }, "no duration"},
        Lie{"FailedWithoutReason", [](Result& r) { r.status = Status::Failed; }, "failed without an error"},
        Lie{"OkWithError", [](Result& r) { r.failure = Failure{}; }, "ok with an error"}),
    [](const auto& values) { return values.param.name; });

}  // namespace
}  // namespace medbench
