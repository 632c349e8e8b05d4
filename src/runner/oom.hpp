// Evidence of the kernel's out-of-memory killer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace medbench {

// How many processes of this program's memory cgroup the kernel has killed for lack of memory: `oom_kill` in
// memory.events (cgroup v2) or memory.oom_control (v1). Nothing where that cannot be read.
std::optional<std::int64_t> oom_kill_count(const std::filesystem::path& membership = "/proc/self/cgroup",
                                           const std::filesystem::path& root = "/sys/fs/cgroup");

}  // namespace medbench
