// What this machine is, as far as a number measured on it depends on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace medbench {

struct MachineProfile {
  std::string hostname;
  std::string os;  // "Debian GNU/Linux 12 (bookworm)"
  std::string kernel;
  std::string cpu_model;
  std::int64_t sockets = 0;
  std::int64_t numa_nodes = 1;      // with processors, whether or not this process may run there
  std::int64_t physical_cores = 0;  // that this process may run on (affinity and cgroup quota respected)
  std::int64_t logical_cores = 0;   // likewise
  std::optional<double> cpu_quota;  // processors that the control group grants; none: no limit
  std::vector<std::string>
      isa;  // the instruction sets that matter here: "avx2", "avx512_vnni", "amx_bf16" ...
  double memory_total_mb = 0;
  std::optional<double> memory_limit_mb;  // of the control group; none: no limit
  double memory_available_mb = 0;  // of the machine, or what the control group leaves where that is less
  std::string governor;            // cpufreq's, "unknown" where the kernel shows none (most virtual machines)
  std::string turbo;               // "on", "off", "unknown"
  std::string hypervisor;          // "kvm", "none", "unknown" ...
  std::string container;           // "docker", "none" ...
  std::vector<std::string> accelerators;  // device nodes seen: "/dev/nvidia0", "/dev/accel0"
};

// Reads /proc and /sys; what cannot be read is left at "unknown" or 0.
MachineProfile read_machine_profile();
Json to_json(const MachineProfile& profile);

}  // namespace medbench
