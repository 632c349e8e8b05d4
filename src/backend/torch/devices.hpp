// The devices that libtorch reports on this machine, and what each of them runs.
#pragma once

#include <c10/core/Device.h>
#include <string>

#include "backend/backend.hpp"

namespace medbench::torch_backend {

// Fills devices, and reason and advice where CUDA is missing.
void list_devices(Capabilities& capabilities);

// Why this device does not exist here or does not run the precision.
Refusal refuse_device(const std::string& device, const std::string& precision);

// "cuda" is the first. Only for a device that was not refused.
c10::Device device_of(const std::string& device);

}  // namespace medbench::torch_backend
