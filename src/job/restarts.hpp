// A job that is measured in several processes, one after the other: one result with the samples of all. What
// differs between processes (placement, page colours, other guests of the machine) shows in no single one.
#pragma once

#include <span>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// Adds the result of a further process: its samples, numbered as the next process; the spread between and
// within processes; rates weighted by time. The status is the first that is not ok. The rest stays that of
// the first process, except for peaks of memory, which are the largest.
void add_process(Result& whole, Result&& part);

// Of each process that has samples, in order: the median of each batch's passes, as a mean over the batches.
std::vector<double> process_medians_ms(std::span<const Sample> samples);

}  // namespace medbench
