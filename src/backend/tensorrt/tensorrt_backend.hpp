// Encoders and networks on images through TensorRT: by its own libraries, else by ONNX Runtime's provider.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "backend/backend.hpp"
#include "backend/tensorrt/native.hpp"
#include "device/cuda_driver.hpp"

namespace medbench {

// What the backend asks of its surroundings.
struct TensorRtSources {
  std::function<std::unique_ptr<trt::Native>(const std::string& library)> open = trt::open_native;
  std::function<const device::CudaDriver&()> driver = []() -> const device::CudaDriver& {
    return device::cuda_driver();
  };
};

// `fallback` is that of ONNX Runtime.
std::unique_ptr<Backend> make_tensorrt_backend(std::unique_ptr<Backend> fallback,
                                               TensorRtSources sources = {});

}  // namespace medbench
