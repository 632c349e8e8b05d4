// Which deployment configuration says how int8 rows round.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "job/deployment.hpp"

namespace medbench {

// The file that was asked for, or else the first of these that is there:
// configs/deployment/edge_cpu_int8.json below the working folder, and below `share`, where an installation
// has it. Nothing, for the defaults, where none is there or no int8 is asked for. The first of its warnings
// names the file that was found unasked, whose method counts as not named. Throws Usage for a file that is
// broken.
std::optional<Deployment> find_deployment(bool int8, const std::optional<std::string>& asked,
                                          const std::filesystem::path& share);

}  // namespace medbench
