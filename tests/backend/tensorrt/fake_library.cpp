// A library that says it is some release of TensorRT, with its ONNX parser, and makes nothing.
#include <cstdint>

// NOLINTBEGIN(readability-identifier-naming): the names that every release exports
#define EXPORTED extern "C" __attribute__((visibility("default")))
EXPORTED int FAKE_VERSION_FUNCTION() {
  return FAKE_NUMBER;
}
EXPORTED int getInferLibBuildVersion() {
  return 7;
}
EXPORTED void* createInferBuilder_INTERNAL(void*, std::int32_t) {
  return nullptr;
}
EXPORTED void* createInferRuntime_INTERNAL(void*, std::int32_t) {
  return nullptr;
}
EXPORTED int getNvOnnxParserVersion() {
  return 100;
}
EXPORTED void* createNvOnnxParser_INTERNAL(void*, void*, int) {
  return nullptr;
}
// NOLINTEND(readability-identifier-naming)
