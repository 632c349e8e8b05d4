#include "job/events.hpp"

#include <gmock/gmock.h>

#include "job/capabilities.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using testing::expect_error;
using ::testing::HasSubstr;
using ::testing::Not;

template <class T>
T round_trip(const T& event) {
  const std::string line = encode(event);
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  return std::get<T>(decode_event(line));
}

TEST(Events, SurviveTheRoundTrip) {
  EXPECT_EQ(round_trip(StageEvent{Stage::Warmup}).stage, Stage::Warmup);
  EXPECT_EQ(round_trip(NoteEvent{"two\nlines"}).text, "two\nlines");
  EXPECT_EQ(round_trip(TurnEvent{.done = 1}).done, 1);
  const std::vector<Sample> samples{{.ms = 1.5, .turn = 2, .slot = 3}};
  EXPECT_EQ(round_trip(SamplesEvent{samples}).samples, samples);
  const ProgressEvent progress = round_trip(
      ProgressEvent{.stage = Stage::Warmup, .done = 3, .planned = 10, .latency_ms = 2.5, .fraction = 0.25});
  EXPECT_EQ(progress.stage, Stage::Warmup);
  EXPECT_EQ(progress.done, 3);
  EXPECT_EQ(progress.planned, 10);
  EXPECT_EQ(progress.latency_ms, 2.5);
  EXPECT_EQ(progress.fraction, 0.25);
  const Result result = testing::ok_result(2, 64, 3.5);
  EXPECT_EQ(to_json(round_trip(ResultEvent{result}).result), to_json(result));
  const ErrorEvent error = round_trip(ErrorEvent{
      Status::OutOfMemory, {.kind = "runtime", .stage = Stage::Compile, .message = "m", .stderr_tail = "s"}});
  EXPECT_EQ(error.status, Status::OutOfMemory);
  EXPECT_EQ(error.failure.kind, "runtime");
  EXPECT_EQ(error.failure.stage, Stage::Compile);
  EXPECT_EQ(error.failure.message, "m");
  EXPECT_EQ(error.failure.stderr_tail, "s");
}

TEST(Events, ThatMakeNoSenseAreRefused) {
  struct Case {
    const char* line;
    const char* part;
  };
  for (const Case& c : {
           Case{"", "not valid JSON"},
           Case{"hello", "not valid JSON"},
           Case{"[]", "expected an object"},
           Case{"{}", "\"event\" is missing"},
           Case{R"({"event": 1})", "\"event\" must be a string"},
           Case{R"({"event": "party"})", "unknown event \"party\""},
           Case{R"({"event": "stage"})", "\"stage\" is missing"},
           Case{R"({"event": "stage", "stage": "moon"})", "unknown stage \"moon\""},
           Case{R"({"event": "turn"})", "\"done\" is missing"},
           Case{R"({"event": "samples"})", "without samples"},
           Case{R"({"event": "note"})", "\"text\" is missing"},
           Case{R"({"event": "progress", "stage": "run", "done": 1.5})", "\"done\" must be an integer"},
           Case{R"({"event": "progress", "stage": "run", "done": 1, "planned": 1, "latency_ms": 1})",
                "fraction"},
           Case{R"({"event": "result"})", "\"result\" must be an object"},
           Case{R"({"event": "result", "result": {}})", "\"job\" is missing"},
           Case{R"({"event": "error", "status": "failed"})", "\"error\" must be an object"},
           Case{R"({"event": "error", "status": "ok", "error": {}})", "\"ok\" is no status of a failure"},
           Case{R"({"event": "error", "status": "sad", "error": {}})", "\"sad\" is no status"},
           Case{R"({"event": "stage", "event": "stage", "stage": "run"})", "appears twice"},
       }) {
    expect_error(ErrorKind::Usage, c.part, [&] { decode_event(c.line); });
  }
}

// Whatever half of an event arrives: an error, never a crash.
TEST(Events, CutAnywhereAreRefused) {
  const std::string line = encode(ResultEvent{testing::ok_result(2, 64, 3.5)});
  for (std::size_t length = 0; length < line.size(); ++length) {
    EXPECT_THROW(decode_event(std::string_view(line).substr(0, length)), Error) << length;
  }
}

TEST(CapabilitiesJson, SurviveTheRoundTrip) {
  Capabilities wanted{
      .backend = "torch",
      .runtime = {.name = "libtorch", .version = "2.11.0", .library = "/x.so"},
      .devices = {{.id = "cpu", .name = "a CPU", .memory_mb = 1024.5, .precisions = {"fp32", "bf16"}},
                  {.id = "cuda:0", .name = "a GPU", .memory_mb = 0, .precisions = {}}},
      .reason = "no second GPU",
      .advice = "plug one in"};
  const Capabilities read = capabilities_from_json(parse_json(dump_line(to_json(wanted)), "test"));
  EXPECT_EQ(to_json(read), to_json(wanted));
  ASSERT_EQ(read.devices.size(), 2U);
  EXPECT_EQ(read.devices[0].memory_mb, 1024.5);
  EXPECT_THAT(read.devices[0].precisions, ::testing::ElementsAre("fp32", "bf16"));
  EXPECT_EQ(read.advice, "plug one in");
}

TEST(CapabilitiesJson, RefuseWhatMakesNoSense) {
  for (const char* text :
       {"[]", "{}", R"({"backend": 1})", R"({"backend": "x", "devices": {}})",
        R"({"backend": "x", "devices": [1]})", R"({"backend": "x", "devices": [{"id": "cpu"}]})",
        R"({"backend": "x", "runtime": "y"})",
        R"({"backend": "x", "devices": [{"id": "cpu", "name": "n", "precisions": [1]}]})",
        R"({"backend": "x", "devices": [{"id": "cpu", "name": "n", "memory_mb": "lots"}]})",
        R"({"backend": "x", "reason": 1})"}) {
    expect_error(ErrorKind::Usage, "worker description", [&] { capabilities_from_json(Json::parse(text)); });
  }
}

}  // namespace
}  // namespace medbench
