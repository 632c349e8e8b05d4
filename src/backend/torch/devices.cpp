#include "backend/torch/devices.hpp"

#include <ATen/Context.h>
#include <algorithm>
#include <array>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <fmt/ranges.h>

#include "backend/host_device.hpp"
#include "backend/int8.hpp"
#include "backend/torch/cuda_library.hpp"
#include "backend/torch/quantized_linear.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

constexpr double kMib = 1024.0 * 1024.0;
constexpr int kFirstWithBf16 = 8;  // compute capability
constexpr std::array kOtherTypes{c10::kMPS, c10::kXPU};

void add_cpu(std::vector<DeviceInfo>& devices) {
  std::vector<std::string> precisions{std::string(kFp32), std::string(kBf16)};
  if (has_integer_linear()) precisions.emplace_back(kInt8);
  devices.push_back(host_device(std::move(precisions)));
}

void add_cuda(std::vector<DeviceInfo>& devices, const CudaSupport& cuda) {
  for (std::size_t i = 0; i < cuda.devices.size(); ++i) {
    const device::CudaDevice& device = cuda.devices[i];
    DeviceInfo info{.id = fmt::format("cuda:{}", i),
                    .name = device.name,
                    .memory_mb = device.memory_mb,
                    .precisions = {std::string(kFp32), std::string(kFp16)}};
    if (device.compute_major >= kFirstWithBf16) info.precisions.emplace_back(kBf16);
    devices.push_back(std::move(info));
  }
}

// Memory of a device; 0 where libtorch has no figure for it.
double memory_mb(c10::Device device) {
  try {
    at::globalContext().lazyInitDevice(device.type());
    const auto memory = c10::getDeviceAllocator(device.type())->getMemoryInfo(device.index());
    return static_cast<double>(memory.second) / kMib;
  } catch (const c10::Error&) {
    return 0;
  }
}

// Types of device that a libtorch built for them brings along.
void add_others(std::vector<DeviceInfo>& devices) {
  for (const c10::DeviceType type : kOtherTypes) {
    if (!c10::impl::hasDeviceGuardImpl(type)) continue;
    const c10::DeviceIndex count = c10::impl::getDeviceGuardImpl(type)->deviceCount();
    for (c10::DeviceIndex i = 0; i < count; ++i) {
      const c10::Device device(type, i);
      devices.push_back({.id = device.str(),
                         .name = c10::DeviceTypeName(type),
                         .memory_mb = memory_mb(device),
                         .precisions = {std::string(kFp32), std::string(kFp16), std::string(kBf16)}});
    }
  }
}

// CUDA's library is loaded only where `cuda` says so.
std::vector<DeviceInfo> find_devices(const CudaSupport* cuda) {
  std::vector<DeviceInfo> devices;
  add_cpu(devices);
  if (cuda != nullptr) add_cuda(devices, *cuda);
  add_others(devices);
  return devices;
}

// "cuda" and "cuda:0" are one device.
std::string numbered(const std::string& device) {
  return device == "cpu" || device.find(':') != std::string::npos ? device : device + ":0";
}

}  // namespace

void list_devices(Capabilities& capabilities) {
  const CudaSupport& cuda = cuda_support();
  capabilities.devices = find_devices(&cuda);
  if (cuda.module == nullptr) {
    capabilities.reason = cuda.reason;
    capabilities.advice = cuda.advice;
  }
}

Refusal refuse_device(const std::string& device, const std::string& precision) {
  const bool asks_cuda = device::cuda_index(device).has_value();
  const CudaSupport* cuda = asks_cuda ? &cuda_support() : nullptr;
  if (cuda != nullptr && cuda->module == nullptr) return "torch on CUDA: " + cuda->reason;
  std::string known;
  for (const DeviceInfo& info : find_devices(cuda)) {
    known.append(known.empty() ? "" : ", ").append(info.id);
    if (info.id != numbered(device)) continue;
    if (std::count(info.precisions.begin(), info.precisions.end(), precision) > 0) return std::nullopt;
    return fmt::format("torch on {} runs {}, not {}", info.id, fmt::join(info.precisions, ", "),
                       printable(precision));
  }
  return fmt::format("torch has no device {} here, only {}", printable(device), known);
}

c10::Device device_of(const std::string& device) {
  return c10::Device(numbered(device));
}

}  // namespace medbench::torch_backend
