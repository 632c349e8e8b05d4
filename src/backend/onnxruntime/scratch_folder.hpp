// A temporary folder of its own, removed with all that is in it.
#pragma once

#include <filesystem>

namespace medbench::ort {

class ScratchFolder {
 public:
  ScratchFolder();  // throws Environment
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace medbench::ort
