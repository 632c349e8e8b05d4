#include "machine/memory_limits.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/core.h>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include "machine/cpu_limits.hpp"
#include "machine/proc_file.hpp"

namespace medbench {

namespace {

// The same facts by the names of each version. In v1 "total_" is with the groups below.
struct Files {
  std::string_view limit;
  std::string_view usage;
  std::string_view inactive_pages;
  std::string_view active_pages;
};
constexpr Files kV2{"memory.max", "memory.current", "inactive_file", "active_file"};
constexpr Files kV1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file",
                    "total_active_file"};

// In v1 no limit is the largest number of whole pages.
constexpr std::int64_t kNoLimit = std::int64_t{1} << 60;

constexpr double kMiB = 1 << 20;

std::optional<double> left_mb(const std::string& folder, const Files& files) {
  const auto read = [&](std::string_view name) { return read_proc_file(folder + "/" + std::string(name)); };
  const auto limit = parse_number(trim(read(files.limit)));
  const auto usage = parse_number(trim(read(files.usage)));
  if (!limit || !usage || *limit >= kNoLimit) return std::nullopt;
  const std::string statistics = read("memory.stat");
  std::int64_t reclaimable = 0;
  for (const std::string_view key : {files.inactive_pages, files.active_pages})
    reclaimable += parse_number(find_field(statistics, key, ' ').value_or("")).value_or(0);
  return static_cast<double>(std::max<std::int64_t>(0, *limit - *usage + reclaimable)) / kMiB;
}

}  // namespace

std::optional<double> memory_left_mb(std::span<const std::string> folders) {
  std::optional<double> tightest;
  for (const std::string& folder : folders) {
    for (const Files& files : {kV2, kV1}) {
      const auto left = left_mb(folder, files);
      if (left && (!tightest || *left < *tightest)) tightest = left;
    }
  }
  return tightest;
}

std::optional<double> memory_left_mb() {
  return memory_left_mb(cgroup_folders(read_proc_file("/proc/self/cgroup"), "memory"));
}

std::optional<double> address_space_limit_mb() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<double>(limit.rlim_cur) / kMiB;
}

std::string address_space_hint() {
  const auto limit = address_space_limit_mb();
  return limit ? fmt::format("; ulimit -v leaves a process {:.0f} MiB", *limit) : "";
}

bool tells_of_no_memory(std::string_view text) {
  constexpr std::array<std::string_view, 6> kWords{"bad_alloc",         "annot allocate memory",
                                                   "an't allocate",     "ut of memory",
                                                   "ailed to allocate", "ailed to map segment"};
  const auto has = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
  // A block of fixed size, to which no memory adds anything.
  if (has("static TLS")) return false;
  return std::ranges::any_of(kWords, has) ||
         (has("Resource temporarily unavailable") && address_space_limit_mb().has_value());
}

}  // namespace medbench
