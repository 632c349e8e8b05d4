// In place of native_tensorrt.cpp where TensorRT's headers were not found.
#include "backend/tensorrt/native.hpp"
#include "base/error.hpp"

namespace medbench::trt {

std::optional<Version> built_with() {
  return std::nullopt;
}

std::unique_ptr<Native> open_native(const std::string& /*library*/) {
  throw environment_error(
      "built without its headers: set TENSORRT_ROOT to the folder of its SDK and build medbench again");
}

}  // namespace medbench::trt
