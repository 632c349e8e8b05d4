// What only libtorch's CUDA library can do and ATen's dispatcher does not offer. The implementation is a
// module of its own, libexec/medbench/torch-cuda.so, because it needs symbols that the CPU's libtorch does
// not have; it is loaded where a target runs on CUDA.
#pragma once

#include <c10/core/Device.h>
#include <functional>
#include <memory>

namespace medbench::torch_backend {

// A forward pass that was recorded once and is launched as a whole.
class CapturedGraph {
 public:
  CapturedGraph() = default;
  virtual ~CapturedGraph() = default;
  CapturedGraph(const CapturedGraph&) = delete;
  CapturedGraph& operator=(const CapturedGraph&) = delete;
  virtual void replay() = 0;  // on the current stream, without waiting
};

class CudaModule {
 public:
  CudaModule() = default;
  virtual ~CudaModule() = default;
  CudaModule(const CudaModule&) = delete;
  CudaModule& operator=(const CudaModule&) = delete;
  // Records what `work` enqueues on the current stream, which must not be the default one. Tensors that
  // `work` makes live in memory of the graph; those that are kept stay valid as long as they are held. What
  // `work` calls must have run before, since nothing may be set up during a capture. All graphs share one
  // pool of memory for what they free, so they must not run at the same time. Throws c10::Error.
  virtual std::unique_ptr<CapturedGraph> capture(const std::function<void()>& work) = 0;
};

// The entry point of the module.
inline constexpr const char* kCudaModuleEntry = "medbench_torch_cuda_module";
using CudaModuleEntry = CudaModule*();

}  // namespace medbench::torch_backend
