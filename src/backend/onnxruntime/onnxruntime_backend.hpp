// ONNX Runtime as a backend: any libonnxruntime.so is loaded at run time and driven through its table of C
// functions; models reach it as ONNX written in memory, with the weights lent by pointer. What the library
// calls things stays in this folder.
#pragma once

#include <memory>

#include "backend/backend.hpp"

namespace medbench {

std::unique_ptr<Backend> make_onnxruntime_backend();

}  // namespace medbench
