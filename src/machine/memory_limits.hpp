// How much memory a control group (v1 and v2) and the limits of a process leave, and the words of those who
// wanted more.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace medbench {

// The least limit of the groups in these folders, in MiB: what they may have, or from when on the kernel
// slows them down (memory.high). Nothing where none has a limit.
std::optional<double> memory_limit_mb(std::span<const std::string> folders);
// What the group leaves that leaves least: its limit less what is in use, where pages of files count as free,
// for the kernel takes those back. 0 for one that is full.
std::optional<double> memory_left_mb(std::span<const std::string> folders);
// Both for the group of this process and its parents.
std::optional<double> memory_limit_mb();
std::optional<double> memory_left_mb();

// What this process and those that it starts may have of address space, in MiB; nothing without a limit
// (`ulimit -v`).
std::optional<double> address_space_limit_mb();
// "; ulimit -v leaves a process 100 MiB"; empty without that limit.
std::string address_space_hint();

// Whether an allocator, a loader or a runtime says in this text that it got no memory; under such a limit
// also that it got something else, which may be for that.
bool tells_of_no_memory(std::string_view text);

}  // namespace medbench
