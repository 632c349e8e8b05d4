#include "backend/pjrt/plugin_choice.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <system_error>

#include "base/error.hpp"

namespace medbench::pjrt {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (auto it = fs::directory_iterator(folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    entries.push_back(it->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The plug-in that is installed beside this program, or else the one it was built with.
fs::path default_plugin() {
  fs::path built_with = MEDBENCH_PJRT_DEFAULT_PLUGIN;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return built_with;
  const fs::path prefix = program.parent_path().parent_path().parent_path();
  fs::path installed = prefix / "lib" / "medbench" / "pjrt" / built_with.filename();
  return fs::is_regular_file(installed, error) ? installed : built_with;
}

// libtpu as its wheel installs it, and as the images of TPU machines carry it.
fs::path installed_libtpu() {
  std::vector<fs::path> candidates;
  std::vector<fs::path> prefixes{"/usr/local", "/usr"};
  if (const std::string home = environment("HOME"); !home.empty())
    prefixes.insert(prefixes.begin(), fs::path(home) / ".local");
  if (const std::string venv = environment("VIRTUAL_ENV"); !venv.empty())
    prefixes.insert(prefixes.begin(), venv);
  for (const fs::path& prefix : prefixes) {
    for (const fs::path& python : entries_of(prefix / "lib")) {
      if (!python.filename().string().starts_with("python3")) continue;
      for (const char* packages : {"site-packages", "dist-packages"})
        candidates.push_back(python / packages / "libtpu" / "libtpu.so");
    }
  }
  for (const char* folder : {"/usr/local/lib", "/usr/lib", "/lib"})
    candidates.push_back(fs::path(folder) / "libtpu.so");
  std::error_code error;
  const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const fs::path& candidate) {
    return fs::is_regular_file(candidate, error);
  });
  return found != candidates.end() ? *found : fs::path{};
}

fs::path choose_libtpu(const std::string& chosen) {
  if (tpu_device_files("/dev").empty()) {
    throw environment_error(
        "no TPU is attached to this machine: there is neither /dev/accel* nor /dev/vfio/<number>; run this "
        "where there is one");
  }
  if (!chosen.empty()) return chosen;
  if (const std::string path = environment(kTpuVariable); !path.empty()) return path;
  fs::path found = installed_libtpu();
  if (found.empty()) {
    throw environment_error(
        "there is a TPU, but no libtpu.so was found: install the package libtpu, or point TPU_LIBRARY_PATH "
        "to the library");
  }
  return found;
}

}  // namespace

std::vector<fs::path> tpu_device_files(const fs::path& dev) {
  std::vector<fs::path> files;
  for (const fs::path& entry : entries_of(dev)) {
    if (entry.filename().string().starts_with("accel")) files.push_back(entry);
  }
  for (const fs::path& entry : entries_of(dev / "vfio")) {
    if (is_number(entry.filename().string())) files.push_back(entry);
  }
  return files;
}

fs::path choose_plugin(std::string_view backend, const std::map<std::string, std::string>& options) {
  const auto option = options.find(kPluginOption);
  const std::string chosen = option != options.end() ? option->second : "";
  if (backend == kTpu) return choose_libtpu(chosen);
  if (!chosen.empty()) return chosen;
  if (const std::string path = environment(kPluginVariable); !path.empty()) return path;
  return default_plugin();
}

}  // namespace medbench::pjrt
