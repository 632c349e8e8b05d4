// The play-offs at the end of a run, as the user sees them.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "campaign/playoff.hpp"

namespace medbench {

struct PlayoffOptions {
  std::optional<double> budget_s;  // for one model and shape; absent: the usual
  double rows_s = 0;               // that measuring the rows took
  WorkerOptions worker;
  std::function<void(const std::string& text)> say;
};

// One for every model and shape of which at least two rows could be the fastest. Needs an InterruptGuard.
std::vector<Playoff> run_playoffs(std::span<const Result> results, const PlayoffOptions& options);

}  // namespace medbench
