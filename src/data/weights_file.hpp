// Which files hold weights, by their names, and any of them as tensors by name.
#pragma once

#include <filesystem>
#include <string_view>

#include "data/stored_tensor.hpp"

namespace medbench {

// By the end of its name: one of safetensors, or of torch.save.
bool is_weights_file_name(std::string_view name);
inline constexpr std::string_view kWeightsEndings = ".safetensors, .bin, .pt or .pth";

// A name that does not end in .safetensors is that of torch.save. Throws what their readers throw.
WeightsFile read_weights_file(const std::filesystem::path& path);

}  // namespace medbench
