// A run of planned jobs as the user sees it: progress while it lasts, each result saved as soon as it is
// there, and the report at the end.
#pragma once

#include <string>
#include <vector>

#include "medbench/run_options.hpp"

namespace medbench {

struct SessionPlan {
  std::string command;  // begins the names of the files
  std::vector<Job> jobs;
  std::vector<std::string> notes;  // go into every result
};

// Needs an InterruptGuard. Returns the exit code: a row that is not ok, a signal, or a result that could not
// be written is not success. Throws Usage when the output folder cannot be used, before anything runs.
int run_session(const SessionPlan& plan, const RunOptions& options);

}  // namespace medbench
