// Engines that were built before, of this day and others. It knows no TensorRT.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backend/tensorrt/engine_file.hpp"
#include "base/file.hpp"

namespace medbench::trt {

class EngineCache {
 public:
  // Nothing is read or written without a folder. One that ends in <date>/hardware_matrix/<name> has the
  // folders of other dates beside it.
  explicit EngineCache(std::optional<std::filesystem::path> folder);

  [[nodiscard]] bool is_used() const { return folder_.has_value(); }

  struct Found {
    std::unique_ptr<MappedFile> file;  // null: none was found
    std::span<const std::byte> engine;
  };
  // A file that has the name of this engine and is none is removed, with a note.
  [[nodiscard]] Found find(const EngineIdentity& identity);
  // Of a file that was found, and that TensorRT refused.
  void discard(const std::filesystem::path& file, const std::string& problem);
  // Whole or not at all, whoever else writes the same; where it cannot be written there is a note.
  void store(const EngineIdentity& identity, std::span<const std::byte> engine);

  // Another file of the cache, such as that of kernels' times; nothing where none is used.
  [[nodiscard]] std::optional<std::filesystem::path> beside(const std::string& name) const;
  void store_beside(const std::string& name, std::span<const std::byte> content);

  // For the user, one line each.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  [[nodiscard]] std::vector<std::filesystem::path> folders() const;
  void write(const std::string& name, std::string_view header, std::span<const std::byte> content);

  std::optional<std::filesystem::path> folder_;
  std::vector<std::string> notes_;
};

}  // namespace medbench::trt
