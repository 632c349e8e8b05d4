// `medbench ab --baseline FOLDER`: every row of a folder of results measured once more.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace medbench {

inline constexpr std::string_view kBaselineOption = "--baseline";

// Returns the exit code. Throws what is to be one line of an error.
int run_ab_baseline(std::span<const std::string> arguments);
std::vector<std::string> ab_baseline_option_names();

}  // namespace medbench
