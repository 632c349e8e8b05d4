// The hashes that the hub names files by.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace medbench {

// What a hub's name for a content is: sha256 in 64 hexadecimal digits for large files, git's hash of a blob
// in 40 for the others. Nothing for a name of another kind, which says nothing about the content. Throws
// Usage where the file cannot be read.
std::optional<std::string> content_hash(const std::filesystem::path& file, std::string_view like);

}  // namespace medbench
