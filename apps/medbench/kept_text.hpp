// Texts that come through a pipe or standard input: they can be read only once, and workers and later runs
// read them again.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "job/workload.hpp"

namespace medbench {

// Writes them to a file of the run, named after its content. Unless release() is called the file goes with
// this object, so that a run that is refused leaves none.
class KeptText {
 public:
  KeptText() = default;
  ~KeptText();
  KeptText(const KeptText&) = delete;
  KeptText& operator=(const KeptText&) = delete;

  // Puts the file into `folder`, which is made, and its name into `data`; what was kept under the same name
  // before is not read again. Nothing where no stream is meant. Throws Usage.
  void keep(Data& data, const std::filesystem::path& folder);
  void release() { made_.clear(); }

  // The arguments with the file for the stream.
  [[nodiscard]] std::vector<std::string> in_place(std::span<const std::string> arguments) const;

 private:
  struct Kept {
    std::string stream;
    std::filesystem::path file;
  };
  std::vector<Kept> kept_;
  std::vector<std::filesystem::path> made_;
};

}  // namespace medbench
