#include "tests/support/paths.hpp"

namespace medbench::testing {

std::filesystem::path source_folder() {
  return MEDBENCH_SOURCE_DIR;
}

std::filesystem::path build_folder() {
  return MEDBENCH_BINARY_DIR;
}

std::filesystem::path libexec_folder() {
  return build_folder() / "libexec" / "medbench";
}

std::filesystem::path minilm_folder() {
  return MEDBENCH_MINILM_DIR;
}

}  // namespace medbench::testing
