#include "machine/cpu_limits.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <sched.h>

#include "machine/proc_file.hpp"

namespace medbench {

namespace {

constexpr std::string_view kController = "cpu";

struct FreeCpuSet {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

bool holds(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

void add_with_parents(std::vector<std::string>& folders, const std::string& root, std::string_view group) {
  while (group.size() > 1) {
    // A group outside this namespace is shown as "/../..": there is nothing to read there.
    if (group.find("..") == std::string_view::npos) folders.push_back(root + std::string(group));
    group = group.substr(0, group.rfind('/'));
  }
  folders.push_back(root);
}

std::vector<std::string> current_folders(std::string_view controller) {
  return cgroup_folders(read_proc_file("/proc/self/cgroup"), controller);
}

}  // namespace

std::set<int> allowed_cpus() {
  // Machines with more processors than the fixed mask holds need a larger one.
  for (int count = CPU_SETSIZE; count <= CPU_SETSIZE * 64; count *= 2) {
    const std::unique_ptr<cpu_set_t, FreeCpuSet> mask(CPU_ALLOC(static_cast<std::size_t>(count)));
    if (!mask) return {};
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(count));
    CPU_ZERO_S(bytes, mask.get());
    if (sched_getaffinity(0, bytes, mask.get()) != 0) continue;
    std::set<int> cpus;
    for (int cpu = 0; cpu < count; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, mask.get())) cpus.insert(cpu);
    }
    return cpus;
  }
  return {};
}

std::string set_allowed_cpus(const std::set<int>& cpus) {
  if (cpus.empty()) return "no processor is left";
  const auto count = static_cast<std::size_t>(*cpus.rbegin()) + 1;
  const std::unique_ptr<cpu_set_t, FreeCpuSet> mask(CPU_ALLOC(count));
  if (!mask) return std::strerror(ENOMEM);
  const std::size_t bytes = CPU_ALLOC_SIZE(count);
  CPU_ZERO_S(bytes, mask.get());
  for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), bytes, mask.get());
  return sched_setaffinity(0, bytes, mask.get()) == 0 ? "" : std::strerror(errno);
}

std::optional<double> parse_quota_v2(std::string_view cpu_max) {
  const auto words = split_words(cpu_max);
  if (words.empty()) return std::nullopt;
  return parse_quota_v1(words[0], words.size() > 1 ? words[1] : "100000");
}

std::optional<double> parse_quota_v1(std::string_view quota_us, std::string_view period_us) {
  const auto quota = parse_number(trim(quota_us));
  const auto period = parse_number(trim(period_us));
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

std::vector<std::string> cgroup_folders(std::string_view self_cgroup, std::string_view controller,
                                        const std::string& mount) {
  std::vector<std::string> folders;
  for (const std::string_view line : split_lines(self_cgroup)) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view group = line.substr(second + 1);
    if (controllers.empty()) {
      add_with_parents(folders, mount, group);
    } else if (holds(controllers, controller)) {
      add_with_parents(folders, mount + "/" + std::string(controller), group);
    }
  }
  return folders;
}

std::string read_cgroup_file(std::string_view controller, std::string_view file) {
  for (const std::string& folder : current_folders(controller)) {
    std::string text = read_proc_file(folder + "/" + std::string(file));
    if (!text.empty()) return text;
  }
  return {};
}

std::optional<double> cpu_quota() {
  return cpu_quota(current_folders(kController));
}

std::optional<double> cpu_quota(std::span<const std::string> folders) {
  std::optional<double> tightest;
  for (const std::string& folder : folders) {
    const auto v2 = parse_quota_v2(read_proc_file(folder + "/cpu.max"));
    const auto v1 = parse_quota_v1(read_proc_file(folder + "/cpu.cfs_quota_us"),
                                   read_proc_file(folder + "/cpu.cfs_period_us"));
    for (const auto& quota : {v2, v1}) {
      if (quota && (!tightest || *quota < *tightest)) tightest = quota;
    }
  }
  return tightest;
}

}  // namespace medbench
