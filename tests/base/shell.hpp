// Children that are shell scripts.
#pragma once

#include <array>
#include <poll.h>
#include <string>

#include "base/subprocess.hpp"

namespace medbench::testing {

inline ProcessOptions shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .environment = {}};
}

// Everything until the end of the stream.
inline std::string read_all(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto count = read_some(fd, buffer);
    if (!count) return text;
    text.append(buffer.data(), *count);
    if (*count > 0) continue;
    pollfd ready{fd, POLLIN, 0};
    poll(&ready, 1, 5000);
  }
}

}  // namespace medbench::testing
