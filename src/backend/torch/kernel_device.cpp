#include "backend/torch/kernel_device.hpp"

#include <c10/core/impl/DeviceGuardImplInterface.h>

#include "backend/torch/cuda_library.hpp"

namespace medbench::torch_backend {

namespace {

int element_code(at::ScalarType type) {
  switch (type) {
    case at::kHalf:
      return 0;
    case at::kBFloat16:
      return 1;
    default:
      return 2;
  }
}

}  // namespace

std::vector<std::string> kernel_options(c10::Device device, at::ScalarType type) {
  const device::CudaDevice& card = cuda_support().devices.at(static_cast<std::size_t>(device.index()));
  return {fmt::format("--gpu-architecture=sm_{}{}", card.compute_major, card.compute_minor), "--std=c++17",
          fmt::format("-DELEMENT={}", element_code(type))};
}

void* stream_of(c10::Device device) {
  const auto* guard = c10::impl::getDeviceGuardImpl(device.type());
  return guard->getStreamNativeHandle(guard->getStream(device));
}

}  // namespace medbench::torch_backend
