// The fork and exec behind Subprocess.
#pragma once

#include <sys/types.h>

#include "base/subprocess.hpp"

namespace medbench {

// The child's ends of its standard streams; none of them may be 0, 1 or 2.
struct ChildStreams {
  int input;
  int output;
  int error;
};

// Starts the program in a process group of its own, with default signal dispositions and an empty signal
// mask, and returns once the exec has worked. Throws SpawnError; the child is reaped then.
pid_t spawn_process(const ProcessOptions& options, const ChildStreams& streams);

}  // namespace medbench
