#include "hub/weights_files.hpp"

#include <set>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "hub/repository_cache.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMaxIndexBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostShards = 10'000;

}  // namespace

std::vector<std::string> shards_of(const std::filesystem::path& index) {
  const std::string origin = index.string();
  const Json json = parse_json(read_text_file(index, kMaxIndexBytes), origin);
  const auto map = json.is_object() ? json.find("weight_map") : json.end();
  if (map == json.end() || !map->is_object())
    throw usage_error("{}: no object \"weight_map\" that names the files of weights is in it", origin);
  std::set<std::string> names;
  for (const auto& [tensor, file] : map->items()) {
    const std::string name = file.is_string() ? file.get<std::string>() : std::string();
    if (!is_file_name(name)) {
      throw usage_error("{}: \"weight_map\" names '{}' for tensor '{}', which is no file beside it", origin,
                        printable(name), printable(tensor));
    }
    names.insert(name);
    if (names.size() > kMostShards) throw usage_error("{}: it names more than {} files", origin, kMostShards);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> missing_weights(const std::filesystem::path& folder) {
  const auto is_there = [&](std::string_view name) {
    std::error_code ignored;
    return std::filesystem::exists(folder / name, ignored);
  };
  for (const auto& [name, is_index] : kWeightsFiles) {
    if (!is_there(name)) continue;
    std::vector<std::string> missing = is_index ? shards_of(folder / name) : std::vector<std::string>();
    std::erase_if(missing, is_there);
    return missing;
  }
  return {std::string(kWeightsFiles.front().name)};
}

}  // namespace medbench
