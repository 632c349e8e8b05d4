// How much memory a control group (v1 and v2) leaves to the processes in it.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace medbench {

// What the tightest of the groups in these folders leaves, in MiB: its limit less what is in use, where pages
// of files count as free, for the kernel takes those back. 0 for one that is full, nothing where none has a
// limit.
std::optional<double> memory_left_mb(std::span<const std::string> folders);
// For the group of this process and its parents.
std::optional<double> memory_left_mb();

}  // namespace medbench
