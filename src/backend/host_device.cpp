#include "backend/host_device.hpp"

#include <utility>

#include "machine/machine.hpp"

namespace medbench {

DeviceInfo host_device(std::vector<std::string> precisions) {
  const MachineProfile machine = read_machine_profile();
  return {.id = "cpu",
          .name = machine.cpu_model,
          .memory_mb = machine.memory_total_mb,
          .precisions = std::move(precisions)};
}

}  // namespace medbench
