// The files that may hold a model's weights: one, or several that an index names.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

struct WeightsName {
  std::string_view name;
  bool is_index;  // of files that hold the weights
};
// The first that a model has is taken.
inline constexpr std::array kWeightsFiles{
    WeightsName{"model.safetensors", false}, WeightsName{"model.safetensors.index.json", true},
    WeightsName{"pytorch_model.bin", false}, WeightsName{"pytorch_model.bin.index.json", true}};

// The file of each tensor, as an index says ("weight_map"). Throws Usage with the index's path: it is broken,
// or names something that is no file beside it.
std::map<std::string, std::string> read_weights_index(const std::filesystem::path& index);

// The files that an index names, each once, sorted. Throws as read_weights_index, and where they are too
// many.
std::vector<std::string> shards_of(const std::filesystem::path& index);

// What a folder lacks of weights: a file of them, or those that its index names. Throws as shards_of does.
std::vector<std::string> missing_weights(const std::filesystem::path& folder);

}  // namespace medbench
