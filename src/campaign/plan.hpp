// From what the user asked for to the list of jobs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "job/job.hpp"

namespace medbench {

// Every batch size with every sequence length, in the order given: all sequence lengths of the first batch
// size first. All else is the base's, except the id, which is unique within the list. Throws Usage for an
// empty list or a value below 1.
std::vector<Job> plan_jobs(const Job& base, std::span<const std::int64_t> batch_sizes,
                           std::span<const std::int64_t> seq_lengths);

}  // namespace medbench
