// libtorch's CUDA side: whether it can be used in this process, and if not, why.
#pragma once

#include <string>
#include <vector>

#include "backend/torch/cuda_module.hpp"
#include "device/cuda_driver.hpp"

namespace medbench::torch_backend {

struct CudaSupport {
  CudaModule* module = nullptr;  // null: CUDA cannot be used
  std::vector<device::CudaDevice> devices;
  std::string reason;  // why it cannot, one sentence
  std::string advice;
};

// Asks the driver and, where it has a device, loads libtorch_cuda.so from the folder of the libtorch_cpu.so
// in use and the worker's own module. Takes a second or two where there is a device, once a process.
const CudaSupport& cuda_support();

}  // namespace medbench::torch_backend
