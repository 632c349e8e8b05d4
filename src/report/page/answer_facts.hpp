// What is known of the row to deploy beside how it compares: speed, cost, and whether its answers hold.
#pragma once

#include <string>

#include "job/result.hpp"

namespace medbench {

// Entries of a list of definitions, as HTML.
std::string render_facts(const Result& row);

}  // namespace medbench
