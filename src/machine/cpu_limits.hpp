// How many processors this process may use: its affinity mask, and the quota of its control group (v1 and
// v2).
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

// Numbers of the processors in the affinity mask; empty when it cannot be read.
std::set<int> allowed_cpus();
// Sets that of the calling thread, which threads that it makes inherit. Returns why the kernel refused; empty
// where it did not.
std::string set_allowed_cpus(const std::set<int>& cpus);

// Processors that a quota grants, such as 1.5; nothing when there is no limit. The texts are those of cpu.max
// (v2: "150000 100000" or "max 100000") and of cpu.cfs_quota_us and cpu.cfs_period_us (v1: "-1" is no limit).
std::optional<double> parse_quota_v2(std::string_view cpu_max);
std::optional<double> parse_quota_v1(std::string_view quota_us, std::string_view period_us);

// Folders, innermost first, in which the limits of this process's control group may lie: for each line of
// /proc/self/cgroup that is v2 ("0::/a/b") or holds the v1 controller, the group and its parents below the
// mount point. A container sees its own group at the mount point itself, so that comes last.
std::vector<std::string> cgroup_folders(std::string_view self_cgroup, std::string_view controller,
                                        const std::string& mount = "/sys/fs/cgroup");

// The text of the first such file there is; empty when there is none.
std::string read_cgroup_file(std::string_view controller, std::string_view file);

// The tightest quota of the groups in these folders; of the group of this process and its parents.
std::optional<double> cpu_quota(std::span<const std::string> folders);
std::optional<double> cpu_quota();

}  // namespace medbench
