#include "backend/onnxruntime/library.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <system_error>

#include "base/error.hpp"

namespace medbench::ort {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAdvice =
    "name a libonnxruntime.so with --ort-library or MEDBENCH_ORT_LIBRARY, or leave both away to use the one "
    "that comes with medbench";
// An installation's libexec/medbench, and the folders of a build tree.
constexpr int kLevels = 4;

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
#else
#error "name this processor's ELF machine number"
#endif

std::string machine_name(Elf64_Half machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "arm64";
    case EM_386:
      return "x86 with 32 bits";
    case EM_ARM:
      return "arm with 32 bits";
    case EM_RISCV:
      return "risc-v";
    case EM_PPC64:
      return "ppc64";
    default:
      return fmt::format("ELF machine {}", machine);
  }
}

std::string loader_message() {
  const char* message = ::dlerror();
  return message != nullptr ? printable(message, 400) : "no reason is given";
}

std::string path_of(const void* symbol, const fs::path& otherwise) {
  Dl_info info{};
  return ::dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : otherwise.string();
}

}  // namespace

void check_library_file(const fs::path& path, std::string_view advice) {
  const std::string shown = printable(path.string());
  std::error_code failure;
  const auto status = fs::status(path, failure);
  if (!fs::exists(status)) throw environment_error("there is no file {}: {}", shown, advice);
  if (!fs::is_regular_file(status)) throw environment_error("{} is not a file: {}", shown, advice);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw environment_error("{} cannot be read: check its permissions", shown);
  // Machine and class are at the same place in 32-bit and 64-bit headers.
  Elf64_Ehdr header{};
  file.read(reinterpret_cast<char*>(&header), sizeof(header));
  const auto got = static_cast<std::size_t>(file.gcount());
  if (got < sizeof(header) || std::memcmp(&header.e_ident[0], ELFMAG, SELFMAG) != 0) {
    throw environment_error("{} is not a shared library (no ELF header): {}", shown, advice);
  }
  if (header.e_machine != kMachine || header.e_ident[EI_CLASS] != ELFCLASS64) {
    throw environment_error("{} is built for {}, this machine is {}: {}", shown,
                            machine_name(header.e_machine), machine_name(kMachine), advice);
  }
}

fs::path find_library(const std::map<std::string, std::string>& options) {
  if (const auto option = options.find("ort.library"); option != options.end()) return option->second;
  const char* variable = std::getenv("MEDBENCH_ORT_LIBRARY");
  if (variable != nullptr && *variable != '\0') return variable;
  std::error_code failure;
  fs::path folder = fs::read_symlink("/proc/self/exe", failure).parent_path();
  for (int level = 0; level < kLevels && !folder.empty(); ++level, folder = folder.parent_path()) {
    fs::path candidate = folder / "lib" / "medbench" / "onnxruntime" / MEDBENCH_ORT_FILE;
    if (fs::exists(candidate, failure)) return candidate;
  }
  throw environment_error("the ONNX Runtime that comes with medbench is not installed beside {}: {}",
                          fs::read_symlink("/proc/self/exe", failure).string(),
                          "install medbench anew, or name a libonnxruntime.so with MEDBENCH_ORT_LIBRARY");
}

std::uint32_t api_version_of(std::string_view release, std::string_view path) {
  // "1.<version of the interface>.<patch>"
  std::uint32_t version = 0;
  const std::size_t begin = release.find('.') + 1;
  const char* first = release.data() + std::min(begin, release.size());
  const auto parsed = std::from_chars(first, release.data() + release.size(), version);
  if (begin == 0 || !release.starts_with("1.") || parsed.ec != std::errc()) {
    throw environment_error("{} says that it is ONNX Runtime {}, which medbench does not know: it needs 1.{}",
                            printable(path), printable(release), kOldestApi);
  }
  if (version < kOldestApi) {
    throw environment_error(
        "{} is ONNX Runtime {} with version {} of the interface; medbench needs at least version {} (ONNX "
        "Runtime 1.{}): use a newer library",
        printable(path), printable(release), version, kOldestApi, kOldestApi);
  }
  return std::min(version, kNewestApi);
}

Library load_library(const fs::path& path) {
  check_library_file(path, kAdvice);
  // An absolute path keeps the loader from searching elsewhere for a name without a slash.
  void* handle = ::dlopen(fs::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  const std::string shown = printable(path.string());
  if (handle == nullptr) throw environment_error("{} cannot be loaded: {}", shown, loader_message());
  void* symbol = ::dlsym(handle, "OrtGetApiBase");
  if (symbol == nullptr) {
    throw environment_error("{} is a library but not ONNX Runtime (it has no OrtGetApiBase): {}", shown,
                            kAdvice);
  }
  const auto get_base = reinterpret_cast<const ApiBase* (*)()>(symbol);
  const ApiBase* base = get_base();
  if (base == nullptr) throw environment_error("{} hands out no interface: {}", shown, kAdvice);
  const char* release = base->get_version();
  Library library{.api = {}, .version = release != nullptr ? release : "", .path = path_of(symbol, path)};
  const std::uint32_t version = api_version_of(library.version, path.string());
  const void* table = base->get_api(version);
  if (table == nullptr) {
    throw environment_error("{} is ONNX Runtime {} but does not hand out version {} of its interface: {}",
                            shown, printable(library.version), version, kAdvice);
  }
  library.api = Api(table, version);
  return library;
}

}  // namespace medbench::ort
