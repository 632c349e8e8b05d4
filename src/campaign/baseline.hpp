// A folder of results that is measured once more, to see whether anything became slower.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "campaign/compare_runs.hpp"
#include "job/job.hpp"

namespace medbench {

// A job for each row as it was measured, in as many fresh processes as a verdict needs or more; rows of the
// same work are neighbours, so that they take turns where they did. Outputs are neither compared nor kept.
std::vector<Job> jobs_of_baseline(const RowsByKey& baseline);

// What is known beforehand to spoil the comparison, a sentence each: too few processes, another processor.
std::vector<std::string> find_doubts(const RowsByKey& baseline, std::string_view cpu_model_here);

}  // namespace medbench
