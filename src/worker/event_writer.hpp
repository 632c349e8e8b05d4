// The worker's side of the event stream.
#pragma once

#include <stdexcept>
#include <string_view>

#include "base/descriptor.hpp"
#include "job/events.hpp"

namespace medbench {

// Nobody reads the events any more: there is no one left to tell, so the worker ends.
class ListenerGone : public std::runtime_error {
 public:
  ListenerGone() : std::runtime_error("nobody reads the events") {}
};

// Takes standard output away from everything else in the process: the stream moves to a descriptor of its
// own, and what a runtime prints to descriptor 1 goes to standard error. Call it before any other code runs.
// Throws Environment when standard output is closed.
UniqueFd take_standard_output();

class EventWriter {
 public:
  // Does not own the descriptor. Blocks while the reader is slow.
  explicit EventWriter(int fd) : fd_(fd) {}

  // One line, in one write unless the reader takes it in parts. Throws ListenerGone.
  void send(const Event& event);
  void send_line(std::string_view line);
  // The bytes as they are.
  void send_raw(std::string_view bytes);

 private:
  int fd_;
};

}  // namespace medbench
