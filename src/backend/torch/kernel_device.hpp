// What kernels of our own need of a device.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace medbench::torch_backend {

// NVRTC's, for tensors of this type (fp16, bf16 or fp32) on this device.
std::vector<std::string> kernel_options(c10::Device device, at::ScalarType type);

// The device's current stream, as the driver knows it.
void* stream_of(c10::Device device);

// Null, with the reason in `problem`, where they cannot be compiled or loaded.
template <class Compiled>
std::shared_ptr<Compiled> find_kernels(c10::Device device, at::ScalarType type, std::string& problem) {
  if (!device.is_cuda()) return nullptr;
  try {
    return std::make_shared<Compiled>(device, type);
  } catch (const Error& error) {
    problem = error.what();
    return nullptr;
  }
}

}  // namespace medbench::torch_backend
