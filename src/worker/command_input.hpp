// The worker's side of standard input: the job, and between its turns the word to go on.
#pragma once

#include <string>

#include "job/job.hpp"

namespace medbench {

class CommandInput {
 public:
  // Does not own the descriptor. Reads block.
  explicit CommandInput(int fd) : fd_(fd) {}

  // The first line, or, where that is not whole JSON, all up to the end. Throws Usage.
  Job read_job();
  // The next line is "go"; false at the end of the stream and for any other line.
  bool may_go_on();

 private:
  bool read_more();  // false at the end
  std::string take_line();

  int fd_;
  std::string buffer_;
};

}  // namespace medbench
