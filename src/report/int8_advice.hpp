// Which rows in int8 left integers unused that their backend has.
#pragma once

#include <span>
#include <string>

#include "job/result.hpp"

namespace medbench {

// A line for each model and backend whose int8 row computed in floating point what `static` computes in
// integers, where no row of these results has that method: what stayed in floating point, and the command.
// Empty where there is none.
std::string render_int8_advice(std::span<const Result> results);

}  // namespace medbench
