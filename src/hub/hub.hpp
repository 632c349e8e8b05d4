// The local Hugging Face hub cache, read only: $HF_HUB_CACHE, or $HUGGINGFACE_HUB_CACHE, or $HF_HOME/hub, or
// huggingface/hub below $XDG_CACHE_HOME or ~/.cache, with ~ and variables in them replaced.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

std::filesystem::path hub_cache_directory();

// "org/name" or "name" of the characters that the hub allows; nothing that could lead out of the cache's
// folder.
bool is_hub_id(std::string_view text);

struct CacheEntry {
  std::string problem;  // why it is not clear which snapshot is meant; empty: it is clear
  std::vector<std::filesystem::path> snapshots;  // the one that is meant, else all that are there
};

// models--<org>--<name>: the snapshot that refs/main points to, or the only one. Nothing when there is none
// or the id is none.
std::optional<CacheEntry> find_in_hub_cache(std::string_view hub_id);

}  // namespace medbench
