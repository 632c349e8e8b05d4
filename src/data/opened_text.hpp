// A file of texts, mapped, whether or not gzip packed it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace medbench {

class OpenedText {
 public:
  // Throws Usage: missing, no regular file, empty, not text, a NUL byte, not UTF-8; with the line; and what
  // unpack_gzip() throws.
  explicit OpenedText(const std::filesystem::path& path);

  // Without a byte order mark.
  [[nodiscard]] std::string_view content() const { return content_; }
  // In small letters and with its dot; of "notes.csv.gz" that of "notes.csv".
  [[nodiscard]] const std::string& extension() const { return extension_; }

 private:
  std::unique_ptr<MappedFile> file_;
  std::string read_;  // of a file that cannot be mapped, such as those in /proc
  std::string_view content_;
  std::string extension_;
};

}  // namespace medbench
