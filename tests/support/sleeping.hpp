// Tells that a process hangs, or a thread waits, from one that only was not given a processor yet.
#pragma once

#include <chrono>
#include <fmt/core.h>
#include <sys/types.h>
#include <thread>

#include "machine/proc_file.hpp"

namespace medbench::testing {

// Waits until a thread of any process, by its kernel id (of a process: its first one's), has been found
// asleep for 100 ms without a break. False after a minute in which it was not.
inline bool falls_asleep(pid_t thread) {
  constexpr int kTimes = 20;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  for (int seen = 0; seen < kTimes;) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
    const std::string stat = read_proc_file(fmt::format("/proc/{}/stat", thread));
    // The state follows the name, which is in brackets and may hold some.
    const std::size_t name_end = stat.rfind(')');
    const bool is_asleep = name_end != std::string::npos && stat.substr(name_end).starts_with(") S");
    seen = is_asleep ? seen + 1 : 0;
  }
  return true;
}

}  // namespace medbench::testing
