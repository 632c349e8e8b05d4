#include "machine/process_time.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <unistd.h>

#include "machine/proc_file.hpp"

namespace medbench {

std::optional<double> process_age_ms() {
  constexpr std::size_t kStartTime = 22;  // in clock ticks since boot
  const auto ticks = stat_field(read_proc_file("/proc/self/stat"), kStartTime);
  const long ticks_per_second = sysconf(_SC_CLK_TCK);
  timespec now{};
  if (!ticks || ticks_per_second <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return std::nullopt;
  const double now_ms = static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  const double start_ms = static_cast<double>(*ticks) * 1e3 / static_cast<double>(ticks_per_second);
  return std::max(0.0, now_ms - start_ms);
}

}  // namespace medbench
