// The outputs of the engine that was measured.
#pragma once

#include <cstddef>
#include <string>

#include "backend/backend.hpp"
#include "base/tensor.hpp"
#include "job/job.hpp"

namespace medbench {

// Empty when every number of every output is finite; otherwise one sentence that says which is not.
std::string find_non_finite(const NamedTensors& outputs);

// Takes a batch's inputs and outputs along to the others, under the names of that batch.
void keep_batch(NamedTensors& kept, std::size_t batch, NamedTensors inputs, NamedTensors outputs);

// Writes what was kept as one safetensors file and gives back the path that was taken. Throws Environment or
// Usage when the file cannot be written.
std::string save_outputs(const Job& job, const NamedTensors& kept);

}  // namespace medbench
