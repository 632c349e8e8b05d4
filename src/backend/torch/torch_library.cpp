#include "backend/torch/torch_library.hpp"

#include <ATen/Parallel.h>
#include <cstdint>
#include <cstdlib>
#include <dlfcn.h>
#include <system_error>
#include <torch/headeronly/version.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"

// Of libtorch_cpu: the version that it was built as, coded as TORCH_ABI_VERSION is.
extern "C" std::uint64_t aoti_torch_abi_version();

namespace medbench::torch_backend {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSwitchedVariable = "MEDBENCH_TORCH_LIB_TRIED";
constexpr const char* kLoaderVariable = "LD_LIBRARY_PATH";
constexpr std::string_view kCpuLibrary = "libtorch_cpu.so";

// Nobody changes the environment while this reads it: there is one thread.
std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr ? value : "";
}

fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  return error ? path : real;
}

// The version in torch/version.py of a Python package or in build-version of the C++ distribution; empty
// where there is neither.
std::string version_text(const fs::path& folder) {
  for (const char* name : {"version.py", "build-version"}) {
    std::error_code error;
    const fs::path file = folder.parent_path() / name;
    if (fs::is_regular_file(file, error) && fs::file_size(file, error) < 65536) return read_text_file(file);
  }
  return {};
}

std::optional<std::string> folder_problem(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_regular_file(folder / kCpuLibrary, error)) {
    return fmt::format("{}={}: there is no {}; name the torch/lib folder of an installed torch {}",
                       kTorchLibVariable, printable(folder.string()), kCpuLibrary, TORCH_VERSION);
  }
  const std::string version = version_text(resolved(folder));
  if (!version.empty() && version.find(TORCH_VERSION) == std::string::npos) {
    return fmt::format("{}={}: that is no torch {}, which this worker is built for", kTorchLibVariable,
                       printable(folder.string()), TORCH_VERSION);
  }
  return std::nullopt;
}

bool is_in_use(const fs::path& folder) {
  return resolved(torch_library().parent_path()) == resolved(folder);
}

}  // namespace

fs::path torch_library() {
  Dl_info info{};
  const auto address = reinterpret_cast<void*>(&at::get_num_threads);
  return ::dladdr(address, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

void switch_torch_library(char** argv) {
  const std::string folder = variable(kTorchLibVariable);
  if (folder.empty() || is_in_use(folder) || variable(kSwitchedVariable) == folder || folder_problem(folder))
    return;
  const std::string before = variable(kLoaderVariable);
  const std::string path = before.empty() ? folder : folder + ":" + before;
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (::setenv(kLoaderVariable, path.c_str(), 1) != 0 || ::setenv(kSwitchedVariable, folder.c_str(), 1) != 0)
    return;
  ::execv("/proc/self/exe", argv);
}

std::optional<std::string> torch_library_problem() {
  const std::string folder = variable(kTorchLibVariable);
  if (!folder.empty() && !is_in_use(folder)) {
    if (auto problem = folder_problem(folder)) return problem;
    return fmt::format("{}={}: the loader took {} all the same", kTorchLibVariable, printable(folder),
                       torch_library().string());
  }
  if (aoti_torch_abi_version() != TORCH_ABI_VERSION) {
    return fmt::format("{} is no libtorch {}, which this worker is built for", torch_library().string(),
                       TORCH_VERSION);
  }
  return std::nullopt;
}

}  // namespace medbench::torch_backend
