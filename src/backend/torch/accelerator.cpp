#include "backend/torch/accelerator.hpp"

#include <ATen/Context.h>
#include <c10/core/CachingDeviceAllocator.h>

namespace medbench::torch_backend {

namespace {

constexpr double kMib = 1024.0 * 1024.0;

const c10::impl::DeviceGuardImplInterface& guard_of(c10::Device device) {
  return *c10::impl::getDeviceGuardImpl(device.type());
}

c10::Stream take_stream(c10::Device device) {
  at::globalContext().lazyInitDevice(device.type());
  guard_of(device).setDevice(device);
  const c10::Stream stream = guard_of(device).getStreamFromGlobalPool(device);
  guard_of(device).exchangeStream(stream);
  return stream;
}

}  // namespace

Accelerator::Accelerator(c10::Device device)
    : device_(device),
      stream_(take_stream(device)),
      begin_(device.type(), c10::EventFlag::BACKEND_DEFAULT),
      end_(device.type(), c10::EventFlag::BACKEND_DEFAULT) {
  c10::getDeviceAllocator(device_.type())->resetPeakStats(device_.index());
  start_ = usage();
}

void Accelerator::release_unused_memory() {
  c10::getDeviceAllocator(device_.type())->emptyCache();
}

Accelerator::Usage Accelerator::usage() const {
  const auto stats = c10::getDeviceAllocator(device_.type())->getDeviceStats(device_.index());
  constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  const auto& allocated = stats.allocated_bytes[kAll];
  const auto& reserved = stats.reserved_bytes[kAll];
  return {.allocated_mb = static_cast<double>(allocated.current) / kMib,
          .reserved_mb = static_cast<double>(reserved.current) / kMib,
          .peak_allocated_mb = static_cast<double>(allocated.peak) / kMib,
          .peak_reserved_mb = static_cast<double>(reserved.peak) / kMib};
}

std::map<std::string, double> Accelerator::memory() const {
  const Usage now = usage();
  return {{"gpu_allocated_start_mb", start_.allocated_mb},
          {"gpu_allocated_end_mb", now.allocated_mb},
          {"gpu_allocated_peak_mb", now.peak_allocated_mb},
          {"gpu_reserved_start_mb", start_.reserved_mb},
          {"gpu_reserved_end_mb", now.reserved_mb},
          {"gpu_reserved_peak_mb", now.peak_reserved_mb},
          {"gpu_cached_start_mb", start_.reserved_mb - start_.allocated_mb},
          {"gpu_cached_end_mb", now.reserved_mb - now.allocated_mb}};
}

}  // namespace medbench::torch_backend
