#include "machine/memory.hpp"

#include "machine/proc_file.hpp"

namespace medbench {

namespace {

double field_mb(std::string_view status, std::string_view key) {
  const auto field = find_field(status, key, ':');
  if (!field) return 0;
  const auto words = split_words(*field);  // "1712 kB"
  const auto kb = words.empty() ? std::nullopt : parse_number(words.front());
  return static_cast<double>(kb.value_or(0)) / 1024;
}

}  // namespace

MemorySnapshot parse_memory_status(std::string_view status) {
  return {.rss_mb = field_mb(status, "VmRSS"),
          .vms_mb = field_mb(status, "VmSize"),
          .peak_mb = field_mb(status, "VmHWM")};
}

MemorySnapshot read_memory() {
  return parse_memory_status(read_proc_file("/proc/self/status"));
}

}  // namespace medbench
