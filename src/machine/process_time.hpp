// How old this process is, which no clock of the loop tells.
#pragma once

#include <optional>

namespace medbench {

// Milliseconds since this process was started, the dynamic loader's work included, to the kernel's tick
// (usually 10 ms). Nothing where /proc does not tell.
std::optional<double> process_age_ms();

}  // namespace medbench
