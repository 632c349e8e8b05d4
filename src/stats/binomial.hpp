// How often something happens, by how often it was seen.
#pragma once

#include <cstdint>

#include "stats/interval.hpp"

namespace medbench {

// Of a probability, by `successes` of n independent trials: the two-sided interval of Clopper and Pearson
// (1934), whose coverage is at least the confidence for every probability. Its upper end is thus a one-sided
// bound with more confidence (97.5 % for 95 %). Throws Internal for no trial and more successes than trials.
Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence = 0.95);

}  // namespace medbench
