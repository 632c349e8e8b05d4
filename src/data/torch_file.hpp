// Files of torch.save: a pickle that names tensors, and their bytes, in a ZIP archive (torch 1.6 and later)
// or one after another (before, and where it is asked for). Nothing in them is executed, and the tensors are
// not copied.
#pragma once

#include <filesystem>

#include "data/stored_tensor.hpp"

namespace medbench {

// The tensors of a state dict: the whole file, or what it has under "state_dict", "model_state_dict" or
// "model". Other values are left alone. Throws Usage and names the file: broken, cut off, of another program,
// holding what is no tensor of the types that TensorView has, or no state dict.
WeightsFile read_torch_file(const std::filesystem::path& path);

}  // namespace medbench
