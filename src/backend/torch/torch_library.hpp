// Which libtorch this process uses. The worker comes with one for the CPU; an installed torch of the same
// version, with its CUDA libraries, takes its place where MEDBENCH_TORCH_LIB names its folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace medbench::torch_backend {

inline constexpr const char* kTorchLibVariable = "MEDBENCH_TORCH_LIB";  // .../site-packages/torch/lib

// Path of the libtorch_cpu.so in use; empty where the loader does not tell.
std::filesystem::path torch_library();

// Where MEDBENCH_TORCH_LIB names another folder than that of the library in use, starts this program anew
// with that folder in front of the loader's path, and so does not return. Otherwise, and where the folder
// cannot be used, does nothing. To be called before anything uses libtorch.
void switch_torch_library(char** argv);

// Why the library that was asked for is not the one in use, or why the one in use does not suit this program;
// nothing where all is well.
std::optional<std::string> torch_library_problem();

}  // namespace medbench::torch_backend
