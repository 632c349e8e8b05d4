// Files: read whole, mapped, or written so that a reader never sees half of one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/descriptor.hpp"

namespace medbench {

// Throws Usage: missing, a folder, unreadable or larger than `max_bytes`.
std::string read_text_file(const std::filesystem::path& path, std::size_t max_bytes = std::size_t{1} << 30);

// Whether a name means something that is read once, from its beginning to its end: "-", a pipe, a device, and
// what a descriptor of this process is called.
bool is_stream(const std::string& name);
// To its end; "-" is standard input. Throws Usage: unreadable, or more than `max_bytes`.
std::string read_stream(const std::string& name, std::size_t max_bytes = std::size_t{1} << 30);

// False only where nothing is there. Where that cannot be told (no permission, an impossible name) the answer
// is yes, and reading says why.
bool may_exist(const std::filesystem::path& path);

// "LINK is a link to TARGET, which is not there", where it is one.
std::optional<std::string> dangling_link(const std::filesystem::path& path);

// For processes that need not share our working folder: absolute, and without . and .. in it.
std::string absolute_path(const std::string& path);

// A whole file mapped read-only.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);  // throws Usage
  // What an open regular file holds now; `path` is its name in messages.
  MappedFile(std::filesystem::path path, const UniqueFd& fd);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, size_}; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void map(int fd, std::size_t size);

  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

// Creates the folder (with parents) when missing and proves that a file can be written there. Throws Usage
// with the reason: it is a file, it is read-only, no space is left.
void ensure_writable_directory(const std::filesystem::path& directory);

// Writes to a temporary name in the same folder, flushes to disk and renames over `path`. Throws Environment;
// the old file survives a failure.
void replace_file(const std::filesystem::path& path, std::string_view content);

// The same, but never over an existing file: "name.json" becomes "name-2.json", "name-3.json" ... Returns the
// path taken.
std::filesystem::path write_new_file(const std::filesystem::path& path, std::string_view content);
// The pieces one after another, for content that should not be copied into one text first.
std::filesystem::path write_new_file(const std::filesystem::path& path,
                                     std::span<const std::string_view> pieces);

}  // namespace medbench
