// What a folder of results was meant to hold, so that a run that was cut short can be taken up again.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "job/job.hpp"

namespace medbench {

// What makes two jobs the same measurement: all but the id, the files of outputs and references,
// and the turns.
Json job_identity(const Job& job);

// `conditions` are further things that must agree, such as the version and the machine: an object of texts,
// numbers and flags.
Json plan_record(std::span<const Job> jobs, const Json& conditions);

// The first difference between a record that was read and the one of the plan at hand, as a sentence; nothing
// when they are the same plan. Whatever a broken record holds is a difference.
std::optional<std::string> find_plan_difference(const Json& recorded, const Json& wanted);

}  // namespace medbench
