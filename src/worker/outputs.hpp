// The outputs of the engine that was measured.
#pragma once

#include <string>

#include "backend/backend.hpp"
#include "base/tensor.hpp"
#include "job/job.hpp"

namespace medbench {

// Empty when every number of every output is finite; otherwise one sentence that says which is not.
std::string find_non_finite(const NamedTensors& outputs);

// Writes inputs and outputs side by side as one safetensors file and gives back the path that was taken.
// Takes the inputs' tensors along. Throws Environment or Usage when the file cannot be written.
std::string save_outputs(const Job& job, NamedTensors inputs, NamedTensors outputs);

}  // namespace medbench
