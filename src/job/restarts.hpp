// A job that is measured in several processes, one after the other: one result with the samples of all. What
// differs between processes (placement, page colours, other guests of the machine) shows in no single one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "job/result.hpp"

namespace medbench {

// Adds the result of a further process: its samples, numbered as the next process; the spread between and
// within processes; rates weighted by time. The status is the first that is not ok. The rest stays that of
// the first process, except for peaks of memory, which are the largest.
void add_process(Result& whole, Result&& part);

// The median of each batch's passes, by its slot.
std::map<std::uint32_t, double> batch_medians_ms(std::span<const Sample> samples);

// The mean pass where each batch counts as much as every other, however often it was run; 0 of none.
double mean_over_batches_ms(std::span<const Sample> samples);

// Of one process: how long each pass took over the median of its batch; 1 where that is 0.
std::vector<double> relative_times(std::span<const Sample> samples);

// Of each process that has samples, in order: the median of each batch's passes, as a mean over the batches.
std::vector<double> process_medians_ms(std::span<const Sample> samples);

// By process and turn: the median of its passes, each over the median of its batch in that process.
std::vector<std::vector<double>> turn_levels(std::span<const Sample> samples);

// The logarithm of the ratio of two processes that took turns: the median over the turns that both had, and
// in a turn the geometric mean over the batches that both ran, of the ratios of medians. Turns of the faster
// side hold more passes, and so another mixture of batches. Nothing where they had none in common.
std::optional<double> log_ratio_of_turns(std::span<const Sample> candidate, std::span<const Sample> baseline);

}  // namespace medbench
