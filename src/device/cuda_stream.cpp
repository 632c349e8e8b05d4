#include "device/cuda_stream.hpp"

#include <algorithm>
#include <cstdint>
#include <dlfcn.h>
#include <new>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::device {

namespace {

constexpr int kSuccess = 0;
constexpr int kOutOfMemory = 2;
constexpr int kThisThread = 1;        // of a capture: what other threads do is no part of it
constexpr unsigned kNonBlocking = 1;  // of a stream: it does not wait for the default one

// The few functions of the driver's interface that are used; contexts, streams and events are only pointed
// to.
struct Functions {
  int (*device_get)(int*, int) = nullptr;
  int (*retain_context)(void**, int) = nullptr;
  int (*release_context)(int) = nullptr;
  int (*set_context)(void*) = nullptr;
  int (*create_stream)(void**, unsigned) = nullptr;
  int (*destroy_stream)(void*) = nullptr;
  int (*synchronize)(void*) = nullptr;
  int (*create_event)(void**, unsigned) = nullptr;
  int (*destroy_event)(void*) = nullptr;
  int (*record)(void* event, void* stream) = nullptr;
  int (*wait_for)(void* event) = nullptr;
  int (*elapsed)(float*, void* begin, void* end) = nullptr;
  int (*allocate)(std::uint64_t*, std::size_t) = nullptr;
  int (*free)(std::uint64_t) = nullptr;
  int (*allocate_pinned)(void**, std::size_t) = nullptr;
  int (*free_pinned)(void*) = nullptr;
  int (*copy_to_device)(std::uint64_t, const void*, std::size_t, void* stream) = nullptr;
  int (*copy_to_host)(void*, std::uint64_t, std::size_t, void* stream) = nullptr;
  int (*begin_capture)(void* stream, int mode) = nullptr;
  int (*end_capture)(void* stream, void** graph) = nullptr;
  int (*instantiate)(void** executable, void* graph, unsigned long long flags) = nullptr;
  int (*destroy_graph)(void*) = nullptr;
  int (*destroy_executable)(void*) = nullptr;
  int (*launch)(void* executable, void* stream) = nullptr;
  int (*error_string)(int, const char**) = nullptr;

  bool find(const Library& library) {
    return library.find("cuDeviceGet", device_get) &&
           library.find("cuDevicePrimaryCtxRetain", retain_context) &&
           library.find("cuDevicePrimaryCtxRelease_v2", release_context) &&
           library.find("cuCtxSetCurrent", set_context) && library.find("cuStreamCreate", create_stream) &&
           library.find("cuStreamDestroy_v2", destroy_stream) &&
           library.find("cuStreamSynchronize", synchronize) && library.find("cuEventCreate", create_event) &&
           library.find("cuEventDestroy_v2", destroy_event) && library.find("cuEventRecord", record) &&
           library.find("cuEventSynchronize", wait_for) && library.find("cuEventElapsedTime", elapsed) &&
           library.find("cuMemAlloc_v2", allocate) && library.find("cuMemFree_v2", free) &&
           library.find("cuMemAllocHost_v2", allocate_pinned) && library.find("cuMemFreeHost", free_pinned) &&
           library.find("cuMemcpyHtoDAsync_v2", copy_to_device) &&
           library.find("cuMemcpyDtoHAsync_v2", copy_to_host) &&
           library.find("cuStreamBeginCapture_v2", begin_capture) &&
           library.find("cuStreamEndCapture", end_capture) &&
           library.find("cuGraphInstantiateWithFlags", instantiate) &&
           library.find("cuGraphDestroy", destroy_graph) &&
           library.find("cuGraphExecDestroy", destroy_executable) && library.find("cuGraphLaunch", launch) &&
           library.find("cuGetErrorString", error_string);
  }
};

}  // namespace

struct CudaStream::State {
  Functions cuda;
  int device = 0;
  void* context = nullptr;
  void* stream = nullptr;
  void* begin = nullptr;
  void* end = nullptr;

  void check(std::string_view call, int error) const {
    if (error == kSuccess) return;
    const char* text = nullptr;
    if (cuda.error_string(error, &text) != kSuccess || text == nullptr) text = "unknown";
    if (error == kOutOfMemory) throw std::bad_alloc();
    throw runtime_failure("{}: {} (CUDA error {})", call, printable(text), error);
  }
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (end != nullptr) cuda.destroy_event(end);
    if (begin != nullptr) cuda.destroy_event(begin);
    if (stream != nullptr) cuda.destroy_stream(stream);
    if (context != nullptr) cuda.release_context(device);
  }
};

CudaStream::CudaStream(int ordinal, std::string_view name) : state_(std::make_shared<State>()) {
  const CudaDriver& driver = cuda_driver(name);
  if (!driver.reason.empty()) throw environment_error("{}: {}", driver.reason, driver.advice);
  const Library library(std::string(name), RTLD_NOW | RTLD_LOCAL);
  State& state = *state_;
  if (!state.cuda.find(library)) throw environment_error("the NVIDIA driver is too old: update it");
  state.check("cuDeviceGet", state.cuda.device_get(&state.device, ordinal));
  state.check("cuDevicePrimaryCtxRetain", state.cuda.retain_context(&state.context, state.device));
  state.check("cuCtxSetCurrent", state.cuda.set_context(state.context));
  state.check("cuStreamCreate", state.cuda.create_stream(&state.stream, kNonBlocking));
  state.check("cuEventCreate", state.cuda.create_event(&state.begin, 0));
  state.check("cuEventCreate", state.cuda.create_event(&state.end, 0));
}

CudaStream::~CudaStream() = default;

void* CudaStream::get() const {
  return state_->stream;
}

void CudaStream::record_begin() {
  state_->check("cuEventRecord", state_->cuda.record(state_->begin, state_->stream));
}

void CudaStream::record_end() {
  state_->check("cuEventRecord", state_->cuda.record(state_->end, state_->stream));
}

void CudaStream::synchronize() {
  state_->check("cuStreamSynchronize", state_->cuda.synchronize(state_->stream));
}

double CudaStream::elapsed_ms() {
  float milliseconds = 0;
  state_->check("cuEventSynchronize", state_->cuda.wait_for(state_->end));
  state_->check("cuEventElapsedTime", state_->cuda.elapsed(&milliseconds, state_->begin, state_->end));
  return static_cast<double>(milliseconds);
}

std::shared_ptr<void> CudaStream::allocate(std::size_t bytes) {
  std::uint64_t address = 0;
  state_->check("cuMemAlloc", state_->cuda.allocate(&address, bytes));
  return {reinterpret_cast<void*>(address),  // NOLINT(performance-no-int-to-ptr): as the driver gives it
          [state = state_, address](void*) { state->cuda.free(address); }};
}

HostTensor CudaStream::pinned_tensor(DType dtype, std::vector<std::int64_t> shape) {
  const auto bytes = static_cast<std::size_t>(element_count(shape)) * size_of(dtype);
  void* data = nullptr;
  state_->check("cuMemAllocHost", state_->cuda.allocate_pinned(&data, std::max<std::size_t>(bytes, 1)));
  return {dtype, std::move(shape), static_cast<std::byte*>(data),
          [state = state_](std::byte* memory) { state->cuda.free_pinned(memory); }};
}

void CudaStream::copy_to_device(void* to, const void* from, std::size_t bytes) {
  state_->check("cuMemcpyHtoDAsync", state_->cuda.copy_to_device(reinterpret_cast<std::uintptr_t>(to), from,
                                                                 bytes, state_->stream));
}

void CudaStream::copy_to_host(void* to, const void* from, std::size_t bytes) {
  state_->check("cuMemcpyDtoHAsync",
                state_->cuda.copy_to_host(to, reinterpret_cast<std::uintptr_t>(from), bytes, state_->stream));
}

std::shared_ptr<void> CudaStream::capture(const std::function<void()>& work) {
  state_->check("cuStreamBeginCapture", state_->cuda.begin_capture(state_->stream, kThisThread));
  void* graph = nullptr;
  try {
    work();
  } catch (...) {
    if (state_->cuda.end_capture(state_->stream, &graph) == kSuccess && graph != nullptr)
      state_->cuda.destroy_graph(graph);
    throw;
  }
  state_->check("cuStreamEndCapture", state_->cuda.end_capture(state_->stream, &graph));
  void* executable = nullptr;
  const int error = state_->cuda.instantiate(&executable, graph, 0);
  state_->cuda.destroy_graph(graph);
  state_->check("cuGraphInstantiateWithFlags", error);
  return {executable, [state = state_](void* it) { state->cuda.destroy_executable(it); }};
}

void CudaStream::launch(const std::shared_ptr<void>& graph) {
  state_->check("cuGraphLaunch", state_->cuda.launch(graph.get(), state_->stream));
}

}  // namespace medbench::device
