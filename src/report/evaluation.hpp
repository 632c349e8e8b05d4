// What an evaluation says of rows: who is fast and decides as it should.
#pragma once

#include <span>
#include <string>

#include "job/result.hpp"

namespace medbench {

// "3 of 1,000 predictions (at most 9, with 95 % confidence)": the bound is the upper end of the two-sided
// interval, in as many predictions. Empty where nothing was compared.
std::string describe_flips(const Result& result);

// For each model and shape with an evaluation: its rows, the fastest first, with how many times as fast they
// are as the fastest fp32 row of their device, their flips and scores; of rows with gates only those that
// pass them, and then those that fail, with the gates and by how much. Empty without evaluations.
std::string render_evaluation(std::span<const Result> results);

}  // namespace medbench
