// A temporary folder of its own, removed with all that is in it.
#pragma once

#include <filesystem>
#include <string_view>

namespace medbench {

class ScratchFolder {
 public:
  // `purpose` is for the message, such as "ONNX Runtime's profile". Throws Environment.
  explicit ScratchFolder(std::string_view purpose);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace medbench
