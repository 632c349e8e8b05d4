#include "base/scratch_folder.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/error.hpp"

namespace medbench {

ScratchFolder::ScratchFolder(std::string_view purpose) {
  std::error_code failure;
  std::string name = (std::filesystem::temp_directory_path(failure) / "medbench-XXXXXX").string();
  if (failure || ::mkdtemp(name.data()) == nullptr) {
    throw environment_error("no folder for {} can be made: set TMPDIR to a folder that can be written",
                            purpose);
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace medbench
