// What a worker says while it works: one JSON object a line on standard output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "job/result.hpp"

namespace medbench {

struct StageEvent {  // a stage begins
  Stage stage = Stage::Start;
};
struct ProgressEvent {
  Stage stage = Stage::Run;
  std::int64_t done = 0;
  std::int64_t planned = 0;  // 0: not known (the stopping rule decides)
  double latency_ms = 0;
  double fraction = 0;  // of the stage, by count or by time, in [0, 1]
};
struct TurnEvent {  // a turn is over, and the worker waits for a line on standard input: "go", or the end
  std::int64_t done = 0;
};
inline constexpr std::string_view kGoOn = "go";
struct SamplesEvent {  // taken since the last such event; all of them, also when something goes wrong later
  std::vector<Sample> samples;
};
struct NoteEvent {  // one information line for the user
  std::string text;
};
struct ResultEvent {  // the last event of a job that worked
  Result result;
};
struct ErrorEvent {  // the last event of a job that did not
  Status status = Status::Failed;
  Failure failure;
};
using Event =
    std::variant<StageEvent, ProgressEvent, TurnEvent, SamplesEvent, NoteEvent, ResultEvent, ErrorEvent>;

// One line without the newline.
std::string encode(const Event& event);
// Throws Usage: not JSON, an unknown event, a missing or mistyped key.
Event decode_event(std::string_view line);

}  // namespace medbench
