// An ONNX model as text, one line a tensor or node, for golden tests and for looking at in a debugger.
#pragma once

#include <string>

#include "lower/onnx/onnx.hpp"

namespace medbench::lower {

std::string to_text(const OnnxModel& model);

}  // namespace medbench::lower
