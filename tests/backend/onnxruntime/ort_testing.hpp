// The ONNX Runtime of this build, for tests.
#pragma once

#include "backend/onnxruntime/library.hpp"
#include "backend/onnxruntime/runtime.hpp"

namespace medbench::testing {

inline ort::Library bundled_library() {
  return ort::load_library(ort::find_library({}));
}

}  // namespace medbench::testing
