// Processes that the same run started: they wait while this one is measured, and are no strangers.
#pragma once

#include <filesystem>
#include <set>
#include <string_view>

namespace medbench {

// Holds the number of the process that started the workers of a run.
inline constexpr std::string_view kRunnerVariable = "MEDBENCH_RUNNER_PID";

// Numbers of the processes below `runner`, all but `own` and what it descends from, that have an NVIDIA card
// open or do not let that be seen. Empty where `own` does not descend from `runner`, as behind a launcher
// that starts workers elsewhere.
std::set<unsigned> relatives_with_card(unsigned runner, unsigned own,
                                       const std::filesystem::path& proc = "/proc");
// Of this process, with the runner that the environment names; empty without one.
std::set<unsigned> relatives_with_card();

}  // namespace medbench
