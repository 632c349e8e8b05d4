#include "machine/process_time.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <unistd.h>

#include "machine/proc_file.hpp"

namespace medbench {

std::optional<std::int64_t> parse_start_ticks(std::string_view stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  // The state, field 3, is the first word behind the name.
  constexpr std::size_t kStartTime = 22 - 3;
  const auto words = split_words(stat.substr(name_end + 1));
  if (words.size() <= kStartTime) return std::nullopt;
  return parse_number(words[kStartTime]);
}

std::optional<double> process_age_ms() {
  const auto ticks = parse_start_ticks(read_proc_file("/proc/self/stat"));
  const long ticks_per_second = sysconf(_SC_CLK_TCK);
  timespec now{};
  if (!ticks || ticks_per_second <= 0 || clock_gettime(CLOCK_BOOTTIME, &now) != 0) return std::nullopt;
  const double now_ms = static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
  const double start_ms = static_cast<double>(*ticks) * 1e3 / static_cast<double>(ticks_per_second);
  return std::max(0.0, now_ms - start_ms);
}

}  // namespace medbench
