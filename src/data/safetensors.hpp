// safetensors files: 8 bytes little-endian header length, a JSON header, then the tensors' bytes. Read by
// mapping, never copied whole. Format: https://github.com/huggingface/safetensors
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "base/tensor.hpp"

namespace medbench {

class SafetensorsFile {
 public:
  // Checks the whole header: length, syntax, duplicate names, known types, shapes, offsets in bounds, no
  // overlap and no hole, byte counts. Throws Usage and names the file and the tensor; Unsupported for a type
  // that TensorView does not have (F8 ...).
  explicit SafetensorsFile(const std::filesystem::path& path);

  // Views into the mapping, valid while this object lives.
  [[nodiscard]] const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return metadata_; }
  [[nodiscard]] const MappedFile& file() const { return *file_; }

 private:
  std::unique_ptr<MappedFile> file_;
  std::map<std::string, TensorView, std::less<>> tensors_;
  std::map<std::string, std::string> metadata_;
};

// Writes atomically (never half a file), never over an existing file; returns the path taken. The tensors are
// not copied.
std::filesystem::path write_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                                        const std::map<std::string, std::string>& metadata = {});

}  // namespace medbench
