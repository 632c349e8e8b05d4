// One file that holds all results of a run, for those who name a file and not a folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "job/result.hpp"

namespace medbench {

class OutFile {
 public:
  // Makes the folder. `rows` is how many results are to come: of one the file is the result itself, of
  // several an array. Throws Usage where the file cannot be written, or is there and holds no results of
  // medbench.
  OutFile(std::filesystem::path path, std::size_t rows);

  // Throws Environment; what was there before survives a failure.
  void write(std::span<const Result> results) const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  std::size_t rows_;
};

}  // namespace medbench
