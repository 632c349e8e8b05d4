// The ways in which a worker can misbehave.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace medbench {

class EventWriter;

enum class ActionKind {
  Signal,  // "signal": dies by the signal "number"
  Hang,    // "hang": never goes on; with "ignore_sigterm": true only SIGKILL ends it
  Exit,    // "exit": leaves with "code", at once and without an event
  Throw,   // "throw": an error of "kind" (usage, unsupported, environment, runtime, internal, exception) and
           // "text"
  OutOfMemory,  // "out_of_memory": sets a limit "number" MiB above what is in use, and allocates until it is
                // met
  FloodEvents,  // "flood_events": progress events for ever
  FloodStdout,  // "flood_stdout": bytes without a newline on the event stream for ever
  FloodStderr,  // "flood_stderr": "number" lines on standard error, then goes on
  Write,        // "write": "text" on the event stream as it is, then goes on
  Print,        // "print": "text" on descriptor 1, as a runtime that prints would, then goes on
};

struct Action {
  ActionKind kind = ActionKind::Hang;
  std::int64_t number = 0;
  std::string text;
  std::string error_kind;
  bool ignore_sigterm = false;
};

// Throws Usage and names the key.
Action action_from_json(const Json& json);
void carry_out(const Action& action, EventWriter& events);

}  // namespace medbench
