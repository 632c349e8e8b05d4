// The files in which workers leave the inputs and outputs of one forward pass.
#pragma once

#include <filesystem>

#include "accuracy/parity.hpp"

namespace medbench {

// Compares the tensors named "output" of two safetensors files that hold the same inputs, padding left out.
// Never throws for what a file holds: one that is missing or broken, has no output, or was made from other
// inputs is a reason.
ParityCheck compare_output_files(const std::filesystem::path& reference,
                                 const std::filesystem::path& candidate);

}  // namespace medbench
