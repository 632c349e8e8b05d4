// The text of kernels.cu.
#pragma once

namespace medbench::torch_backend {

extern const char* const kKernelSource;

}  // namespace medbench::torch_backend
