// Which device a run uses: what was asked for, or the best that is usable.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "job/capabilities.hpp"

namespace medbench {

// "cpu", "cuda", "cuda:3"
bool is_device_name(std::string_view text);

// Whether the kernel shows a device that CUDA could use. Asking it spares machines without one the start of a
// worker.
bool cuda_device_node_exists();

struct DeviceChoice {
  std::string device;
  std::string note;  // the one information line where cuda was asked for and the CPU is used; else empty
};

// `asked` is empty for "cuda if usable, else cpu". `describe` asks the backend's worker and is called only
// where the answer matters. Throws Usage for a number that no device has on a machine where CUDA works.
DeviceChoice choose_device(const std::optional<std::string>& asked, bool node_exists,
                           const std::function<Capabilities()>& describe);

}  // namespace medbench
