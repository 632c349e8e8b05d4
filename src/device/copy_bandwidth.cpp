#include "device/copy_bandwidth.hpp"

#include <algorithm>
#include <dlfcn.h>
#include <limits>
#include <string>

#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::device {

namespace {

constexpr int kFirstCopies = 3;
constexpr int kTimedCopies = 10;

using Pointer = unsigned long long;  // CUdeviceptr

struct Functions {
  int (*init)(unsigned) = nullptr;
  int (*device_get)(int*, int) = nullptr;
  int (*retain)(void**, int) = nullptr;
  int (*release)(int) = nullptr;
  int (*push)(void*) = nullptr;
  int (*pop)(void**) = nullptr;
  int (*allocate)(Pointer*, std::size_t) = nullptr;
  int (*free)(Pointer) = nullptr;
  int (*copy)(Pointer, Pointer, std::size_t, void*) = nullptr;
  int (*event_create)(void**, unsigned) = nullptr;
  int (*event_destroy)(void*) = nullptr;
  int (*event_record)(void*, void*) = nullptr;
  int (*event_wait)(void*) = nullptr;
  int (*elapsed)(float*, void*, void*) = nullptr;

  explicit Functions(const Library& library) {
    const bool whole =
        library.find("cuInit", init) && library.find("cuDeviceGet", device_get) &&
        library.find("cuDevicePrimaryCtxRetain", retain) &&
        library.find("cuDevicePrimaryCtxRelease_v2", release) && library.find("cuCtxPushCurrent_v2", push) &&
        library.find("cuCtxPopCurrent_v2", pop) && library.find("cuMemAlloc_v2", allocate) &&
        library.find("cuMemFree_v2", free) && library.find("cuMemcpyDtoDAsync_v2", copy) &&
        library.find("cuEventCreate", event_create) && library.find("cuEventDestroy_v2", event_destroy) &&
        library.find("cuEventRecord", event_record) && library.find("cuEventSynchronize", event_wait) &&
        library.find("cuEventElapsedTime", elapsed);
    if (!whole) {
      throw environment_error(
          "copies on the card cannot be timed: {}",
          library.loaded() ? "the driver lacks functions" : printable(library.error(), 400));
    }
  }
};

void check(int error, const char* what) {
  if (error != 0) throw runtime_failure("{}: CUDA error {}", what, error);
}

// The card's own context, current while it lives.
class Context {
 public:
  Context(const Functions& cuda, int ordinal) : cuda_(cuda) {
    check(cuda_.init(0), "cuInit");
    check(cuda_.device_get(&device_, ordinal), "cuDeviceGet");
    void* context = nullptr;
    check(cuda_.retain(&context, device_), "cuDevicePrimaryCtxRetain");
    if (const int error = cuda_.push(context); error != 0) {
      cuda_.release(device_);
      check(error, "cuCtxPushCurrent");
    }
  }
  ~Context() {
    void* context = nullptr;
    cuda_.pop(&context);
    cuda_.release(device_);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

 private:
  const Functions& cuda_;
  int device_ = 0;
};

struct Memory {
  Memory(const Functions& functions, std::size_t bytes) : cuda(functions) {
    check(cuda.allocate(&data, bytes), "cuMemAlloc");
  }
  ~Memory() { cuda.free(data); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  const Functions& cuda;
  Pointer data = 0;
};

struct Event {
  explicit Event(const Functions& functions) : cuda(functions) {
    check(cuda.event_create(&handle, 0), "cuEventCreate");
  }
  ~Event() { cuda.event_destroy(handle); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  const Functions& cuda;
  void* handle = nullptr;
};

}  // namespace

double copy_gb_per_s(int ordinal, std::size_t bytes, std::string_view name) {
  const Library library(std::string(name), RTLD_NOW | RTLD_LOCAL);
  const Functions cuda(library);
  const Context context(cuda, ordinal);
  const Memory from(cuda, bytes);
  const Memory to(cuda, bytes);
  const Event begin(cuda);
  const Event end(cuda);
  float fastest = std::numeric_limits<float>::infinity();  // ms
  for (int i = 0; i < kFirstCopies + kTimedCopies; ++i) {
    check(cuda.event_record(begin.handle, nullptr), "cuEventRecord");
    check(cuda.copy(to.data, from.data, bytes, nullptr), "cuMemcpyDtoDAsync");
    check(cuda.event_record(end.handle, nullptr), "cuEventRecord");
    check(cuda.event_wait(end.handle), "cuEventSynchronize");
    float ms = 0;
    check(cuda.elapsed(&ms, begin.handle, end.handle), "cuEventElapsedTime");
    if (i >= kFirstCopies) fastest = std::min(fastest, ms);
  }
  if (!(fastest > 0)) throw runtime_failure("a copy of {} bytes took no time", bytes);
  return 2.0 * static_cast<double>(bytes) / 1e6 / static_cast<double>(fastest);
}

}  // namespace medbench::device
