// A run of a subcommand that measures: all that can be checked is checked before the first worker starts,
// then the plan's rows are measured, saved, summarised and reported.
#pragma once

#include <span>
#include <string>

#include "medbench/measure_options.hpp"

namespace medbench {

// Returns the exit code. Throws what is to be one line of an error.
int run_measurements(const Program& program, std::span<const std::string> arguments);

}  // namespace medbench
