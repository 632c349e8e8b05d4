// What a run would measure, without measuring it.
#pragma once

#include <string>

#include "campaign/planner.hpp"
#include "medbench/measure_options.hpp"

namespace medbench {

// A table of the rows, with the reason for those that cannot run, and how long it takes at most; with --json
// the same for programs.
std::string render_dry_run(const Plan& plan, const MeasureOptions& options);

}  // namespace medbench
