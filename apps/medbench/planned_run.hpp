// The rows of a plan, measured, compared and summarised.
#pragma once

#include <span>
#include <string>

#include "medbench/measure_options.hpp"
#include "medbench/resuming.hpp"

namespace medbench {

// `arguments` are recorded with the plan, so that the run can be taken up again. Gives back the exit code.
int run_plan(const Program& program, const PreparedRun& run, std::span<const std::string> arguments);

}  // namespace medbench
