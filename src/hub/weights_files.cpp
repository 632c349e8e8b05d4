#include "hub/weights_files.hpp"

#include <set>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/strict_json.hpp"

namespace medbench {
namespace {

constexpr std::size_t kMaxIndexBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostShards = 10'000;

bool is_plain_file_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

}  // namespace

std::map<std::string, std::string> read_weights_index(const std::filesystem::path& index) {
  const std::string origin = index.string();
  // Not base/json.hpp's, which searches keys one by one.
  using Index = nlohmann::json;
  const auto json =
      parse_strict_json<Index>(read_text_file(index, kMaxIndexBytes), origin, JsonDialect::Python);
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object())
    throw usage_error("{}: \"weight_map\" must be an object of tensor and file names", origin);
  std::map<std::string, std::string> files;
  for (const auto& [tensor, file] : json["weight_map"].items()) {
    if (!file.is_string() || !is_plain_file_name(file.get_ref<const std::string&>())) {
      throw usage_error("{}: tensor '{}': {} is no name of a file in that folder", origin, printable(tensor),
                        printable(file.dump(-1, ' ', false, Index::error_handler_t::replace)));
    }
    files.emplace(tensor, file.get<std::string>());
  }
  return files;
}

std::vector<std::string> shards_of(const std::filesystem::path& index) {
  std::set<std::string> names;
  for (const auto& [tensor, name] : read_weights_index(index)) {
    names.insert(name);
    if (names.size() > kMostShards)
      throw usage_error("{}: it names more than {} files", index.string(), kMostShards);
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
