// Finds and loads a libonnxruntime.so: the one that comes with medbench, or any other that the user names.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "backend/onnxruntime/ort_api.hpp"

namespace medbench::ort {

// The newest version of the interface that the slots are named from; a newer library is asked for this one.
inline constexpr std::uint32_t kNewestApi = 29;
// The oldest one that can run a model: it takes weights by pointer and knows the operations that are written.
inline constexpr std::uint32_t kOldestApi = 17;

struct Library {
  Api api;
  std::string version;  // "1.32.0"
  std::string path;     // as the system's loader found it
};

// Option "ort.library", else the environment variable MEDBENCH_ORT_LIBRARY, else the copy that comes with
// medbench: lib/medbench/onnxruntime beside the folder that this program is in. Throws Environment when there
// is no such copy.
std::filesystem::path find_library(const std::map<std::string, std::string>& options);

// Loads the library for the rest of the process (its threads and destructors do not survive being unloaded).
// Throws Environment with one line: missing, no library, built for another processor, not ONNX Runtime, too
// old.
Library load_library(const std::filesystem::path& path);

// Throws Environment with one line when the file is missing, no shared library, or built for another
// processor: the system's loader names neither what is wrong nor what to do. `advice` ends the message.
void check_library_file(const std::filesystem::path& path, std::string_view advice);

// The version of the interface of a release: 32 for "1.32.0". Throws Environment when the text is no release
// or the release is older than kOldestApi; `path` is for the message.
std::uint32_t api_version_of(std::string_view release, std::string_view path);

}  // namespace medbench::ort
