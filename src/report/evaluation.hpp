// What an evaluation says of rows: who is fast and decides as it should.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// "3 of 1,000 predictions (at most 9, with 95 % confidence)": the bound is the upper end of the two-sided
// interval, in as many predictions. Empty where nothing was compared.
std::string describe_flips(const Result& result);

// "accuracy 0.8800 (fp32 0.9000)" and "F1 ...", as far as they are known.
std::vector<std::string> scores_of(const Result& result);
// "max-flips 0.5 %: 1.2 %, 0.7 points too many", one after the other; empty where all hold.
std::string describe_failed_gates(const Result& result);

// For each model and shape with an evaluation: its rows, the fastest first, with how many times as fast they
// are as the fastest fp32 row of their device, their flips and scores; of rows with gates only those that
// pass them, and then those that fail, with the gates and by how much. Empty without evaluations.
std::string render_evaluation(std::span<const Result> results);

}  // namespace medbench
