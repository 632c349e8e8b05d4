#include "machine/memory.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include "base/descriptor.hpp"
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
          .anonymous_mb = field_mb(status, "RssAnon"),
          .file_mb = field_mb(status, "RssFile"),
          .vms_mb = field_mb(status, "VmSize"),
          .peak_mb = field_mb(status, "VmHWM")};
}

MemorySnapshot read_memory() {
  return parse_memory_status(read_proc_file("/proc/self/status"));
}

PeakReset reset_memory_peak(const std::string& switch_file) {
  PeakReset reset{.before_mb = read_memory().peak_mb, .refusal = {}};
  constexpr std::string_view kResetPeak = "5";
  const UniqueFd file(::open(switch_file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || ::write(file.get(), kResetPeak.data(), kResetPeak.size()) < 0)
    reset.refusal = switch_file + ": " + std::generic_category().message(errno);
  return reset;
}

}  // namespace medbench
