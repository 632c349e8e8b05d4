// TensorRT's libraries, opened at run time: which files, and the few functions that hand out its classes. It
// knows no TensorRT header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backend/tensorrt/versions.hpp"

namespace medbench::trt {

// The functions' own names end in _INTERNAL: what headers call createInferBuilder() and so on.
struct Library {
  Version version;
  std::string path;         // as the system's loader found it
  std::string parser_path;  // of the ONNX parser's
  int number = 0;           // the version as the library writes it, which it wants to be told
  int parser_number = 0;
  void* (*create_builder)(void* logger, std::int32_t version) = nullptr;
  void* (*create_runtime)(void* logger, std::int32_t version) = nullptr;
  void* (*create_parser)(void* network, void* logger, int version) = nullptr;
};

// The files to try, in order: `asked`, else the variable MEDBENCH_TRT_LIBRARY, else those of the folder that
// was found when medbench was built, and what the system's loader finds.
std::vector<std::string> library_names(const std::string& asked, const Version& headers);

// Loads the first that is there, and the ONNX parser that belongs to it, for the rest of the process. Throws
// Environment with one sentence: none is there, no TensorRT, another version, no parser.
Library load_library(const std::string& asked, const Version& headers);

}  // namespace medbench::trt
