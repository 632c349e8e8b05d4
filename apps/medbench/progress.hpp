// What a person sees while jobs run: on a terminal one line that is redrawn when an event comes, elsewhere a
// line when a job starts and one when it is done. It starts no thread and no timer, so it costs nothing
// between events.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "job/events.hpp"

namespace medbench {

struct ProgressState {
  std::string label;  // "[2/6] biobert torch cpu fp32 4 x 128"
  Stage stage = Stage::Start;
  std::int64_t done = 0;
  std::int64_t planned = 0;  // 0: not known
  double latency_ms = 0;     // 0: none yet
  double fraction = 0;       // of the stage, in [0, 1]
  double elapsed_s = 0;      // since the stage began
};

// At most `width` columns: label, stage, bar, iterations, latency, time left. What does not fit is left out
// from the right.
std::string progress_line(const ProgressState& state, std::size_t width);
// "[#####...............]"
std::string progress_bar(double fraction);
// Redraws the line of a terminal that the cursor is in, cut to its width; an empty one removes it.
void draw_over(std::FILE* stream, const std::string& line);
// "45 s", "1 min 30 s", "2 h 05 min"
std::string duration_text(double seconds);
// "biobert torch cpu fp32 4 x 128"
std::string job_label(const Job& job);
// "ok, p50 12.34 ms, n 100" or "crashed (run): the worker died of SIGSEGV"
std::string outcome(const Result& result);

class ProgressDisplay {
 public:
  enum class Mode { Silent, Lines, Terminal };
  // `stream` and `clock` must outlive it.
  ProgressDisplay(Mode mode, std::FILE* stream, Clock& clock);
  ~ProgressDisplay();
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  void job_started(const Job& job, std::size_t index, std::size_t count);
  void job_resumed(const Job& job);
  void event(const Event& event);
  void job_finished(const Result& result);
  // A line of its own, whatever is being drawn; printed in every mode but Silent.
  void line(std::string_view text);
  void clear();  // removes the bar; the next event draws it again

  static Mode mode_for(bool quiet, std::FILE* stream);

 private:
  void show(const Job& job);
  void draw();

  Mode mode_;
  std::FILE* stream_;
  Clock& clock_;
  std::map<std::string, std::string> labels_;  // by the id of the job
  ProgressState state_;
  std::chrono::nanoseconds stage_began_{0};
  bool drawn_ = false;
};

}  // namespace medbench
