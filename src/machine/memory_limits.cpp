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

// The same facts by the names of each version; what is empty is not there. In v1 "total_" is with the groups
// below, and the statistics know the limits of the groups above, which a container does not see.
struct Files {
  std::array<std::string_view, 2> limits;
  std::string_view limit_above;  // in memory.stat
  std::string_view usage;
  std::array<std::string_view, 2> reclaimable;  // pages, in memory.stat
};
constexpr Files kV2{{"memory.max", "memory.high"}, "", "memory.current", {"inactive_file", "active_file"}};
constexpr Files kV1{{"memory.limit_in_bytes", ""},
                    "hierarchical_memory_limit",
                    "memory.usage_in_bytes",
                    {"total_inactive_file", "total_active_file"}};

// In v1 no limit is the largest number of whole pages.
constexpr std::int64_t kNoLimit = std::int64_t{1} << 60;

constexpr double kMiB = 1 << 20;

struct Group {
  std::optional<double> limit_mb;
  std::optional<double> left_mb;
};

Group read_group(const std::string& folder, const Files& files) {
  const auto read = [&](std::string_view name) { return read_proc_file(folder + "/" + std::string(name)); };
  const std::string statistics = read("memory.stat");
  const auto counted = [&](std::string_view key) {
    return key.empty() ? std::nullopt : parse_number(find_field(statistics, key, ' ').value_or(""));
  };
  std::int64_t limit = counted(files.limit_above).value_or(kNoLimit);
  for (const std::string_view name : files.limits) {
    if (!name.empty()) limit = std::min(limit, parse_number(trim(read(name))).value_or(kNoLimit));
  }
  if (limit >= kNoLimit) return {};
  Group group{.limit_mb = static_cast<double>(limit) / kMiB, .left_mb = {}};
  if (const auto usage = parse_number(trim(read(files.usage)))) {
    std::int64_t left = limit - *usage;
    for (const std::string_view key : files.reclaimable) left += counted(key).value_or(0);
    group.left_mb = static_cast<double>(std::max<std::int64_t>(0, left)) / kMiB;
  }
  return group;
}

std::optional<double> tightest(std::span<const std::string> folders, std::optional<double> Group::*figure) {
  std::optional<double> least;
  for (const std::string& folder : folders) {
    for (const Files& files : {kV2, kV1}) {
      const auto found = read_group(folder, files).*figure;
      if (found && (!least || *found < *least)) least = found;
    }
  }
  return least;
}

std::vector<std::string> current_folders() {
  return cgroup_folders(read_proc_file("/proc/self/cgroup"), "memory");
}

}  // namespace

std::optional<double> memory_limit_mb(std::span<const std::string> folders) {
  return tightest(folders, &Group::limit_mb);
}

std::optional<double> memory_limit_mb() {
  return memory_limit_mb(current_folders());
}

std::optional<double> memory_left_mb(std::span<const std::string> folders) {
  return tightest(folders, &Group::left_mb);
}

std::optional<double> memory_left_mb() {
  return memory_left_mb(current_folders());
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
  // Of threads, which need stacks, of oneDNN and of OpenVINO.
  constexpr std::array<std::string_view, 3> kWordsUnderALimit{
      "Resource temporarily unavailable", "could not create a primitive", "none of its plug-ins"};
  const auto has = [&](std::string_view words) { return text.find(words) != std::string_view::npos; };
  // A block of fixed size, to which no memory adds anything.
  if (has("static TLS")) return false;
  return std::ranges::any_of(kWords, has) ||
         (std::ranges::any_of(kWordsUnderALimit, has) && address_space_limit_mb().has_value());
}

}  // namespace medbench
