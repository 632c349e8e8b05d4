#include "backend/tensorrt/library.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/ranges.h>
#include <optional>

#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::trt {

namespace fs = std::filesystem;

namespace {

constexpr const char* kVariable = "MEDBENCH_TRT_LIBRARY";
constexpr std::string_view kAdvice = "name it with --trt-library or MEDBENCH_TRT_LIBRARY";
constexpr int kMajorOfRtx = 1;

std::string rtx_name(int major) {
  return fmt::format("libtensorrt_rtx.so.{}", major);
}

std::string parser_name(const Version& version) {
  return fmt::format("{}.so.{}", version.is_rtx() ? "libtensorrt_onnxparser_rtx" : "libnvonnxparser",
                     version.major);
}

std::string path_of(const void* symbol, const std::string& otherwise) {
  Dl_info info{};
  return ::dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : otherwise;
}

template <class Function>
void need(const device::Library& opened, const char* name, Function*& function, const std::string& path,
          std::string_view what) {
  if (!opened.find(name, function))
    throw environment_error("{} is a library but not {} (it has no {}): {}", printable(path), what, name,
                            kAdvice);
}

void load_parser(Library& library) {
  const std::string name = parser_name(library.version);
  const fs::path beside = fs::path(library.path).parent_path() / name;
  std::error_code ignored;
  const bool is_beside = fs::exists(beside, ignored);
  const device::Library opened(is_beside ? beside.string() : name, RTLD_NOW | RTLD_LOCAL);
  if (!opened.loaded()) {
    throw environment_error("the ONNX parser of {} cannot be loaded ({}): install it beside {}",
                            library.version.flavour(), printable(opened.error(), 300),
                            printable(library.path));
  }
  int (*version)() = nullptr;
  const std::string path = is_beside ? beside.string() : name;
  need(opened, "getNvOnnxParserVersion", version, path, "TensorRT's ONNX parser");
  need(opened, "createNvOnnxParser_INTERNAL", library.create_parser, path, "TensorRT's ONNX parser");
  library.parser_number = version();
  library.parser_path = path_of(reinterpret_cast<const void*>(version), path);
}

}  // namespace

std::vector<std::string> library_names(const std::string& asked, const Version& headers) {
  if (!asked.empty()) return {asked};
  const char* variable = std::getenv(kVariable);
  if (variable != nullptr && *variable != '\0') return {variable};
  std::vector<std::string> names;
  if (!headers.is_rtx()) names.push_back(fmt::format("libnvinfer.so.{}", headers.major));
  names.push_back(rtx_name(headers.is_rtx() ? headers.major : kMajorOfRtx));
  const fs::path folder = MEDBENCH_TRT_LIBRARY_FOLDER;
  std::vector<std::string> all;
  std::error_code ignored;
  for (const std::string& name : names) {
    if (!folder.empty() && fs::exists(folder / name, ignored)) all.push_back((folder / name).string());
  }
  all.insert(all.end(), names.begin(), names.end());
  return all;
}

Library load_library(const std::string& asked, const Version& headers) {
  const std::vector<std::string> names = library_names(asked, headers);
  std::string complaint;
  for (const std::string& name : names) {
    const device::Library opened(name, RTLD_NOW | RTLD_LOCAL);
    if (!opened.loaded()) {
      if (complaint.empty()) complaint = printable(opened.error(), 300);
      continue;
    }
    int (*number)() = nullptr;
    Library library;
    need(opened, "getInferLibVersion", number, name, kTensorRt);
    library.number = number();
    library.version = version_of(library.number);
    if (int (*build)() = nullptr; opened.find("getInferLibBuildVersion", build))
      library.version.build = build();
    library.path = path_of(reinterpret_cast<const void*>(number), name);
    if (const auto refusal = version_refusal(headers, library.version, library.path))
      throw environment_error("{}", *refusal);
    need(opened, "createInferBuilder_INTERNAL", library.create_builder, name, kTensorRt);
    need(opened, "createInferRuntime_INTERNAL", library.create_runtime, name, kTensorRt);
    load_parser(library);
    return library;
  }
  throw environment_error("{}: {}", complaint, kAdvice);
}

}  // namespace medbench::trt
