// What /proc/cpuinfo says: model, topology and instruction sets.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

struct CpuInfo {
  std::string model;                // empty where the kernel names none (many Arm machines)
  std::int64_t sockets = 0;         // with at least one processor that may be used
  std::int64_t physical_cores = 0;  // distinct (socket, core) pairs that may be used
  std::int64_t logical_cores = 0;   // processors that may be used
  std::vector<std::string> isa;     // instruction sets that matter for these models, under their common names
  bool hypervisor = false;          // the processor says that it is virtual
};

// Counts processors in `allowed`, or all where that is empty. A processor without a core id is a core of its
// own.
CpuInfo parse_cpu_info(std::string_view cpuinfo, const std::set<int>& allowed);

}  // namespace medbench
