// What the program says to the shell.
#pragma once

#include "base/error.hpp"

namespace medbench {

inline constexpr int kExitOk = 0;
inline constexpr int kExitRowNotOk = 1;      // everything was run, but a row is not ok
inline constexpr int kExitCannotTell = 4;    // of comparisons: neither yes nor no
inline constexpr int kExitSignalBase = 128;  // plus the number of the signal that ended the run

// Error kinds: runtime 1, usage 2, environment 3, unsupported 4, internal 70 (EX_SOFTWARE of sysexits.h).
constexpr int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Runtime:
      return 1;
    case ErrorKind::Usage:
      return 2;
    case ErrorKind::Environment:
      return 3;
    case ErrorKind::Unsupported:
      return 4;
    case ErrorKind::Internal:
      break;
  }
  return 70;
}

}  // namespace medbench
