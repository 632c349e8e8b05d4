// A CUDA driver with as many cards, of such a version and with such an error as the environment asks for:
// MEDBENCH_FAKE_CUDA is "version cards error". A copy takes a millisecond, every third one two.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Script {
  int version = 13000;
  int cards = 1;
  int error = 0;
};

constexpr int kOutOfMemory = 2;
constexpr int kInvalidContext = 201;
int retained = 0;
int copies = 0;

Script script() {
  Script read;
  const char* value = std::getenv("MEDBENCH_FAKE_CUDA");
  if (value != nullptr) std::sscanf(value, "%d %d %d", &read.version, &read.cards, &read.error);
  return read;
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are the library's
extern "C" {

int cuInit(unsigned) {
  return script().error;
}
int cuDriverGetVersion(int* version) {
  *version = script().version;
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = script().cards;
  return 0;
}
int cuDeviceGet(int* handle, int ordinal) {
  *handle = ordinal;
  return 0;
}
int cuDeviceGetName(char* text, int length, int handle) {
  std::snprintf(text, static_cast<std::size_t>(length), "Fake %d", handle);
  return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int) {
  *bytes = std::size_t{2} << 30;
  return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 9 : 0;
  return 0;
}
int cuDeviceGetPCIBusId(char* text, int length, int handle) {
  std::snprintf(text, static_cast<std::size_t>(length), "0000:%02X:00.0", handle);
  return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int) {
  ++retained;
  *context = &retained;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int) {
  --retained;
  return 0;
}
int cuCtxPushCurrent_v2(void*) {
  return 0;
}
int cuCtxPopCurrent_v2(void**) {
  return 0;
}
int cuMemAlloc_v2(unsigned long long* pointer, std::size_t bytes) {
  *pointer = bytes;
  return bytes > (std::size_t{2} << 30) ? kOutOfMemory : 0;
}
int cuMemFree_v2(unsigned long long) {
  return 0;
}
int cuMemcpyDtoDAsync_v2(unsigned long long, unsigned long long, std::size_t, void*) {
  ++copies;
  return retained == 1 ? 0 : kInvalidContext;
}
int cuEventCreate(void** event, unsigned) {
  *event = &copies;
  return 0;
}
int cuEventDestroy_v2(void*) {
  return 0;
}
int cuEventRecord(void*, void*) {
  return 0;
}
int cuEventSynchronize(void*) {
  return 0;
}
int cuEventElapsedTime(float* ms, void*, void*) {
  *ms = copies % 3 == 0 ? 2.0F : 1.0F;
  return 0;
}
int cuGetErrorString(int error, const char** text) {
  *text = error == 999 ? "unknown error" : "an error";
  return 0;
}
}
// NOLINTEND(readability-identifier-naming)
