// Where tests find things. Only the source behind this header depends on where the tree lies, so that a
// compiler cache serves every other one in another clone.
#pragma once

#include <filesystem>

namespace medbench::testing {

std::filesystem::path source_folder();
std::filesystem::path build_folder();
std::filesystem::path libexec_folder();  // of the workers that were built
std::filesystem::path minilm_folder();   // the small real checkpoint

}  // namespace medbench::testing
