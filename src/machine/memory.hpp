// Host memory of this process. MB are 1024 x 1024 bytes, as in the metric table.
#pragma once

#include <string>
#include <string_view>

namespace medbench {

struct MemorySnapshot {
  double rss_mb = 0;        // resident now
  double anonymous_mb = 0;  // of which no file holds a copy
  double file_mb = 0;       // of which pages of mapped files, libraries too
  double vms_mb = 0;        // address space
  double peak_mb = 0;  // the most that was resident since the process began, or since reset_memory_peak()
};

// From the text of /proc/self/status; what is missing is 0.
MemorySnapshot parse_memory_status(std::string_view status);
MemorySnapshot read_memory();

struct PeakReset {
  double before_mb = 0;  // the peak until then
  std::string refusal;   // why it could not be reset; empty: it was
};
// Lets the kernel begin anew with the peak of this process. `switch_file` is what 5 is written to.
PeakReset reset_memory_peak(const std::string& switch_file = "/proc/self/clear_refs");

}  // namespace medbench
