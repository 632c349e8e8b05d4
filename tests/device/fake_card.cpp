// A CUDA driver whose only card is the host's memory. Work is done when it is asked for, but for what is
// captured, which is done when its graph is launched. What no capture can hold ends it, as with the real one.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr int kOutOfMemory = 2;
constexpr int kNotInCapture = 900;
constexpr int kCaptureInvalidated = 901;

struct Copy {
  void* to;
  const void* from;
  std::size_t bytes;
};
using Graph = std::vector<Copy>;

Graph* capturing = nullptr;
bool is_invalid = false;
std::uint64_t blocks = 0;  // of memory that was not given back
double clock_ms = 0;       // a copy takes one, one of a graph half of it

int not_in_capture() {
  if (capturing == nullptr) return 0;
  is_invalid = true;
  return kNotInCapture;
}

void run(const Copy& copy, double ms) {
  std::memcpy(copy.to, copy.from, copy.bytes);
  clock_ms += ms;
}

void* pointer(std::uint64_t address) {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr)
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are the library's
extern "C" {

std::uint64_t fakeBlocks() {
  return blocks;
}

int cuInit(unsigned) {
  return 0;
}
int cuDriverGetVersion(int* version) {
  *version = 13000;
  return 0;
}
int cuDeviceGetCount(int* count) {
  *count = 1;
  return 0;
}
int cuDeviceGet(int* handle, int ordinal) {
  *handle = ordinal;
  return 0;
}
int cuDeviceGetName(char* text, int length, int) {
  std::snprintf(text, static_cast<std::size_t>(length), "Fake");
  return 0;
}
int cuDeviceTotalMem_v2(std::size_t* bytes, int) {
  *bytes = std::size_t{1} << 30;
  return 0;
}
int cuDeviceGetAttribute(int* value, int attribute, int) {
  *value = attribute == 75 ? 9 : 0;
  return 0;
}
int cuDeviceGetPCIBusId(char* text, int length, int) {
  std::snprintf(text, static_cast<std::size_t>(length), "0000:00:00.0");
  return 0;
}
int cuDevicePrimaryCtxRetain(void** context, int) {
  *context = &blocks;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int) {
  return 0;
}
int cuCtxSetCurrent(void*) {
  return 0;
}
int cuStreamCreate(void** stream, unsigned) {
  *stream = &clock_ms;
  return 0;
}
int cuStreamDestroy_v2(void*) {
  return 0;
}
int cuStreamSynchronize(void*) {
  return not_in_capture();
}
int cuEventCreate(void** event, unsigned) {
  *event = new double(0);
  return 0;
}
int cuEventDestroy_v2(void* event) {
  delete static_cast<double*>(event);
  return 0;
}
int cuEventRecord(void* event, void*) {
  *static_cast<double*>(event) = clock_ms;
  return 0;
}
int cuEventSynchronize(void*) {
  return not_in_capture();
}
int cuEventElapsedTime(float* ms, void* begin, void* end) {
  *ms = static_cast<float>(*static_cast<double*>(end) - *static_cast<double*>(begin));
  return 0;
}
int cuMemAlloc_v2(std::uint64_t* address, std::size_t bytes) {
  if (const int error = not_in_capture(); error != 0) return error;
  if (bytes > (std::size_t{1} << 30)) return kOutOfMemory;
  ++blocks;
  *address = reinterpret_cast<std::uint64_t>(std::malloc(bytes));
  return 0;
}
int cuMemFree_v2(std::uint64_t address) {
  --blocks;
  std::free(pointer(address));
  return 0;
}
int cuMemAllocHost_v2(void** data, std::size_t bytes) {
  ++blocks;
  *data = std::malloc(bytes);
  return not_in_capture();
}
int cuMemFreeHost(void* data) {
  --blocks;
  std::free(data);
  return 0;
}
int cuMemcpyHtoDAsync_v2(std::uint64_t to, const void* from, std::size_t bytes, void*) {
  std::memcpy(pointer(to), from, bytes);
  return 0;
}
int cuMemcpyDtoHAsync_v2(void* to, std::uint64_t from, std::size_t bytes, void*) {
  std::memcpy(to, pointer(from), bytes);
  return 0;
}
int cuMemcpyDtoDAsync_v2(std::uint64_t to, std::uint64_t from, std::size_t bytes, void*) {
  const Copy copy{pointer(to), pointer(from), bytes};
  if (capturing != nullptr) {
    capturing->push_back(copy);
  } else {
    run(copy, 1);
  }
  return 0;
}
int cuStreamBeginCapture_v2(void*, int) {
  capturing = new Graph;
  is_invalid = false;
  return 0;
}
int cuStreamEndCapture(void*, void** graph) {
  *graph = capturing;
  capturing = nullptr;
  if (!is_invalid) return 0;
  delete static_cast<Graph*>(*graph);
  *graph = nullptr;
  return kCaptureInvalidated;
}
int cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long) {
  *executable = new Graph(*static_cast<Graph*>(graph));
  return 0;
}
int cuGraphDestroy(void* graph) {
  delete static_cast<Graph*>(graph);
  return 0;
}
int cuGraphExecDestroy(void* executable) {
  delete static_cast<Graph*>(executable);
  return 0;
}
int cuGraphLaunch(void* executable, void*) {
  for (const Copy& copy : *static_cast<Graph*>(executable)) run(copy, 0.5);
  return 0;
}
int cuGetErrorString(int, const char** text) {
  *text = "an error";
  return 0;
}
}
// NOLINTEND(readability-identifier-naming)
