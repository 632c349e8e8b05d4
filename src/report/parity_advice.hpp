// What to do where answers are not those of the reference.
#pragma once

#include <span>
#include <string>

#include "job/result.hpp"

namespace medbench {

// One line for each target whose parity fails: by how much, in how many of its rows, which other precisions
// hold there, and for int8 the option that keeps it. Empty where parity holds everywhere.
std::string render_parity_advice(std::span<const Result> results);

}  // namespace medbench
