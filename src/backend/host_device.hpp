// The processor as a device of a backend.
#pragma once

#include <string>
#include <vector>

#include "job/capabilities.hpp"

namespace medbench {

// "cpu" with the processor's model and the machine's memory; the backend says which precisions it runs there.
DeviceInfo host_device(std::vector<std::string> precisions);

}  // namespace medbench
