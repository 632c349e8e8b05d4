// The local Hugging Face hub cache: which snapshot a model's name means. It only reads.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

inline constexpr const char* kUsualRevision = "main";

// "org/name" or "name" of the characters that the hub allows; nothing that could lead out of the cache's
// folder.
bool is_hub_id(std::string_view text);

// models--<org>--<name>
std::string cache_folder_name(std::string_view hub_id);

struct CacheEntry {
  std::string problem;   // why it is not clear which snapshot is meant; empty: it is clear
  std::string revision;  // what named the snapshot; empty: it is the only one
  std::vector<std::filesystem::path> snapshots;  // the one that is meant, else all that are there
};

// The snapshot that refs/main points to, or the only one; of a revision that is given (a branch, a tag, a
// commit) its own. Nothing when there is none or the id is none.
std::optional<CacheEntry> find_in_hub_cache(std::string_view hub_id, const std::string& revision = {});

}  // namespace medbench
