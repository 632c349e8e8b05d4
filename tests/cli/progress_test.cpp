#include "medbench/progress.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>

#include "medbench/model_download.hpp"
#include "report/text_table.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

class StillClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::nanoseconds now() override { return time; }
  std::chrono::nanoseconds time{0};
};

// What a display writes.
class Recorder {
 public:
  Recorder() : stream_(::open_memstream(&text_, &size_)) {}
  ~Recorder() {
    std::fclose(stream_);
    std::free(text_);
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  [[nodiscard]] std::FILE* stream() const { return stream_; }
  [[nodiscard]] std::string text() const {
    std::fflush(stream_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* stream_;
};

ProgressState half_way() {
  return {.label = "[1/2] biobert torch cpu fp32 1 x 64",
          .stage = Stage::Run,
          .done = 50,
          .planned = 100,
          .latency_ms = 12.3,
          .fraction = 0.5,
          .elapsed_s = 90};
}

TEST(ProgressLine, ShowsCountLatencyAndTimeLeft) {
  EXPECT_EQ(progress_line(half_way(), 120),
            "[1/2] biobert torch cpu fp32 1 x 64 run [##########..........] 50/100 12.30 ms 1 min 30 s left");
}

TEST(ProgressLine, LeavesOutWhatDoesNotFit) {
  EXPECT_EQ(progress_line(half_way(), 66), "[1/2] biobert torch cpu fp32 1 x 64 run [##########..........]");
  EXPECT_EQ(progress_line(half_way(), 5), "[1/2]");
  for (std::size_t width = 0; width < 130; ++width)
    EXPECT_LE(display_width(progress_line(half_way(), width)), width);
}

TEST(ProgressLine, ShowsACountAloneWhereNoneIsPlanned) {
  ProgressState state = half_way();
  state.planned = 0;
  state.fraction = 0.25;
  state.elapsed_s = 5;
  EXPECT_EQ(progress_line(state, 120),
            "[1/2] biobert torch cpu fp32 1 x 64 run [#####...............] 50 12.30 ms 15 s left");
}

TEST(ProgressLine, HasNoBarBeforeTheFirstProgress) {
  EXPECT_EQ(progress_line({.label = "[1/1] m"}, 80), "[1/1] m start");
}

TEST(DownloadLine, ShowsHowMuchIsHereAndHowLongItTakes) {
  EXPECT_EQ(download_line({.file = "model.safetensors", .done = 50'000'000, .size = 200'000'000}, 5),
            "model.safetensors [#####...............] 50.0 of 200.0 MB, 10.0 MB/s, 15 s left");
  EXPECT_EQ(download_line({.file = "config.json", .done = 0, .size = 0}, 0),
            "config.json [####################] 0.0 of 0.0 MB");
  EXPECT_EQ(download_line({.file = "model.safetensors", .done = 50'000'000}, 5), "model.safetensors 50.0 MB");
}

TEST(ProgressDisplay, PrintsALineAtStartAndEndOfAJob) {
  StillClock clock;
  const Recorder recorder;
  const Result result = testing::ok_result(1, 64, 20);
  {
    ProgressDisplay display(ProgressDisplay::Mode::Lines, recorder.stream(), clock);
    display.job_started(result.job, 0, 2);
    display.event(StageEvent{Stage::Run});
    display.event(
        ProgressEvent{.stage = Stage::Run, .done = 1, .planned = 2, .latency_ms = 3, .fraction = 0.5});
    display.event(NoteEvent{"a note\nin two lines"});
    display.job_finished(result);
  }
  EXPECT_EQ(recorder.text(),
            "[1/2] biobert torch cpu fp32 1 x 64\n"
            "medbench: a note\\nin two lines\n"
            "[1/2] biobert torch cpu fp32 1 x 64: ok, p50 20.00 ms, n 2\n");
}

TEST(ProgressDisplay, RedrawsOneLineOnATerminal) {
  StillClock clock;
  const Recorder recorder;
  Result result = testing::crashed_result();
  result.job.work.model.name = "m";
  {
    ProgressDisplay display(ProgressDisplay::Mode::Terminal, recorder.stream(), clock);
    display.job_started(result.job, 0, 1);
    display.event(StageEvent{Stage::Run});
    clock.time = std::chrono::seconds{3};
    display.event(
        ProgressEvent{.stage = Stage::Run, .done = 1, .planned = 4, .latency_ms = 3, .fraction = 0.25});
    display.job_finished(result);
  }
  const std::string label = "[1/1] m torch cpu fp32 8 x 512";
  const std::string clear = "\r\x1b[K";
  EXPECT_EQ(recorder.text(), clear + label + " start" + clear + label + " run" + clear + label +
                                 " run [#####...............] 1/4 3.000 ms 9 s left" + clear + label +
                                 ": crashed (run): the worker died of SIGSEGV\n");
}

TEST(ProgressDisplay, IsSilentWhenAskedTo) {
  StillClock clock;
  const Recorder recorder;
  const Result result = testing::ok_result(1, 64, 20);
  ProgressDisplay display(ProgressDisplay::Mode::Silent, recorder.stream(), clock);
  display.job_started(result.job, 0, 1);
  display.event(NoteEvent{"a note"});
  display.job_finished(result);
  EXPECT_EQ(recorder.text(), "");
}

}  // namespace
}  // namespace medbench
