// The text of the kernels, each with pieces.cu before it.
#pragma once

namespace medbench::torch_backend {

extern const char* const kKernelSource;       // kernels.cu
extern const char* const kImageKernelSource;  // image_kernels.cu

}  // namespace medbench::torch_backend
