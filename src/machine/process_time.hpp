// How old this process is, which no clock of the loop tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace medbench {

// The start of a process in clock ticks since boot: field 22 of /proc/<pid>/stat, counted behind the last ')'
// because the program's name may hold anything. Nothing when the text is not of that form.
std::optional<std::int64_t> parse_start_ticks(std::string_view stat);

// Milliseconds since this process was started, the dynamic loader's work included, to the kernel's tick
// (usually 10 ms). Nothing where /proc does not tell.
std::optional<double> process_age_ms();

}  // namespace medbench
