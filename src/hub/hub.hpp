// The local Hugging Face hub cache, read only: $HF_HUB_CACHE, or $HF_HOME/hub, or huggingface/hub below
// $XDG_CACHE_HOME or
// ~/.cache.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace medbench {

std::filesystem::path hub_cache_directory();

// "org/name" or "name" of the characters that the hub allows; nothing that could lead out of the cache's
// folder.
bool is_hub_id(std::string_view text);

// The snapshot that refs/main points to (or the only snapshot) of models--<org>--<name>; nothing when it is
// not there or the id is none. Throws Usage when the entry is there but broken (refs/main names no snapshot,
// or there are several snapshots and no refs/main).
std::optional<std::filesystem::path> find_in_hub_cache(std::string_view hub_id);

}  // namespace medbench
