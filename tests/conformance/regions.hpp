// What the timed regions take from the allocator: `device` is a pass, `host` a write, a pass and a read.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "backend/backend.hpp"

namespace medbench::conformance {

// Runs an encoder on the CPU in both regions and in every precision that the backend supports, and holds each
// step to the backend's row of the table of limits.
void expect_steady_regions(Backend& backend, std::string_view name,
                           const std::map<std::string, std::string>& options = {});

}  // namespace medbench::conformance
