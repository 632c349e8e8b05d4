// A CUDA driver with as many cards, of such a version and with such an error as the environment asks for:
// MEDBENCH_FAKE_CUDA is "version cards error".
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
int cuGetErrorString(int error, const char** text) {
  *text = error == 999 ? "unknown error" : "an error";
  return 0;
}
}
// NOLINTEND(readability-identifier-naming)
