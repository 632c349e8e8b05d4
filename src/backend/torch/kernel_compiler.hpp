// NVRTC and the driver's functions for modules, through the library in which libtorch bundles them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace medbench::torch_backend {

using KernelFunction = void*;  // CUfunction

// Kernels of one source for one set of macros, in the current context. Stays loaded until the process ends.
class KernelModule {
 public:
  // `options` are NVRTC's. Throws Environment where the library is missing, Internal with the compiler's
  // words where the source does not compile.
  KernelModule(const std::string& source, const std::vector<std::string>& options);
  [[nodiscard]] KernelFunction function(const char* name) const;  // throws Internal

 private:
  void* module_ = nullptr;  // CUmodule
};

struct LaunchShape {
  unsigned blocks = 1;
  unsigned blocks_y = 1;
  unsigned blocks_z = 1;
  unsigned threads_x = 1;
  unsigned threads_y = 1;
};

// `arguments` holds a pointer to each. Throws Runtime.
void launch(KernelFunction function, const LaunchShape& shape, void* stream, void** arguments);

}  // namespace medbench::torch_backend
