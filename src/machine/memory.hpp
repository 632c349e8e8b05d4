// Host memory of this process. MB are 1024 x 1024 bytes, as in the metric table.
#pragma once

#include <string_view>

namespace medbench {

struct MemorySnapshot {
  double rss_mb = 0;   // resident now
  double vms_mb = 0;   // address space
  double peak_mb = 0;  // the most that was ever resident
};

// From the text of /proc/self/status; what is missing is 0.
MemorySnapshot parse_memory_status(std::string_view status);
MemorySnapshot read_memory();

}  // namespace medbench
