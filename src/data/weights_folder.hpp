// Which of a folder's files are its weights.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/stored_tensor.hpp"

namespace medbench {

// Whether a folder holds weights in a format that is read here; nothing is opened.
bool has_readable_weights(const std::filesystem::path& folder);

// Why such a folder has none, and what to do: a link that leads nowhere, weights in another format and how to
// convert them, or nothing at all.
std::string why_no_weights(const std::filesystem::path& folder);

// The first that is there of model.safetensors, the shards of its index, pytorch_model.bin and the shards of
// its index; of shards only the tensors that the index has in them. Throws Usage: no weights, or only in a
// format that is not read here, a broken file, an index of files outside of the folder, a shard or a tensor
// that is missing.
std::vector<WeightsFile> read_weights_folder(const std::filesystem::path& folder);

}  // namespace medbench
