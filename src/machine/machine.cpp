#include "machine/machine.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <sys/utsname.h>
#include <system_error>

#include "machine/cpu_info.hpp"
#include "machine/cpu_limits.hpp"
#include "machine/machine_probes.hpp"
#include "machine/memory_limits.hpp"
#include "machine/numa.hpp"
#include "machine/proc_file.hpp"

namespace medbench {

namespace {

constexpr std::string_view kUnknown = "unknown";

std::string text_or_unknown(std::string_view text) {
  const std::string_view trimmed = trim(text);
  return std::string(trimmed.empty() ? kUnknown : trimmed);
}

bool file_exists(const char* path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

double memory_mb(std::string_view meminfo, std::string_view key) {
  const auto field = find_field(meminfo, key, ':');
  const auto words = field ? split_words(*field) : std::vector<std::string_view>{};
  const auto kb = words.empty() ? std::nullopt : parse_number(words.front());
  return static_cast<double>(kb.value_or(0)) / 1024;
}

// "/dev/nvidia0" but not "/dev/nvidiactl": the prefix and a number.
std::vector<std::string> find_device_nodes() {
  constexpr std::array<std::string_view, 3> kPrefixes{"nvidia", "accel", "kfd"};
  std::vector<std::string> nodes;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/dev", error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    for (const std::string_view prefix : kPrefixes) {
      if (!name.starts_with(prefix)) continue;
      const std::string_view rest = std::string_view(name).substr(prefix.size());
      const bool number = std::all_of(
          rest.begin(), rest.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
      if (number) nodes.push_back("/dev/" + name);
    }
  }
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

void read_system(MachineProfile& profile) {
  utsname names{};
  if (uname(&names) == 0) {
    profile.hostname = static_cast<const char*>(names.nodename);
    profile.kernel = static_cast<const char*>(names.release);
  }
  profile.hostname = text_or_unknown(profile.hostname);
  profile.kernel = text_or_unknown(profile.kernel);
  profile.os = parse_os_release(read_proc_file("/etc/os-release"));
  const std::string meminfo = read_proc_file("/proc/meminfo");
  profile.memory_total_mb = memory_mb(meminfo, "MemTotal");
  profile.memory_available_mb = memory_mb(meminfo, "MemAvailable");
  profile.memory_limit_mb = memory_limit_mb();
  if (const auto left = memory_left_mb())
    profile.memory_available_mb = std::min(profile.memory_available_mb, *left);
  profile.container =
      name_container(read_proc_file("/proc/1/cgroup"), file_exists("/.dockerenv"),
                     file_exists("/run/.containerenv"), std::getenv("KUBERNETES_SERVICE_HOST") != nullptr);
  profile.accelerators = find_device_nodes();
}

void read_processor(MachineProfile& profile) {
  CpuInfo info = parse_cpu_info(read_proc_file("/proc/cpuinfo"), allowed_cpus());
  const auto quota = cpu_quota();
  profile.cpu_quota = quota;
  profile.cpu_model = text_or_unknown(info.model);
  profile.sockets = info.sockets;
  profile.numa_nodes = static_cast<std::int64_t>(read_numa_nodes({}).size());
  profile.physical_cores = cores_within_quota(info.physical_cores, quota);
  profile.logical_cores = cores_within_quota(info.logical_cores, quota);
  profile.isa = std::move(info.isa);
  profile.hypervisor = name_hypervisor(info.hypervisor, read_proc_file("/sys/class/dmi/id/sys_vendor"),
                                       read_proc_file("/sys/class/dmi/id/product_name"));
  const std::string cpufreq = "/sys/devices/system/cpu/";
  profile.governor = text_or_unknown(read_proc_file(cpufreq + "cpu0/cpufreq/scaling_governor"));
  profile.turbo = name_turbo(read_proc_file(cpufreq + "intel_pstate/no_turbo"),
                             read_proc_file(cpufreq + "cpufreq/boost"));
}

}  // namespace

MachineProfile read_machine_profile() {
  MachineProfile profile;
  read_system(profile);
  read_processor(profile);
  return profile;
}

Json to_json(const MachineProfile& profile) {
  return {{"hostname", profile.hostname},
          {"os", profile.os},
          {"kernel", profile.kernel},
          {"cpu_model", profile.cpu_model},
          {"sockets", profile.sockets},
          {"numa_nodes", profile.numa_nodes},
          {"physical_cores", profile.physical_cores},
          {"logical_cores", profile.logical_cores},
          {"cpu_quota", profile.cpu_quota ? Json(*profile.cpu_quota) : Json(nullptr)},
          {"isa", profile.isa},
          {"memory_total_mb", profile.memory_total_mb},
          {"memory_limit_mb", profile.memory_limit_mb ? Json(*profile.memory_limit_mb) : Json(nullptr)},
          {"memory_available_mb", profile.memory_available_mb},
          {"governor", profile.governor},
          {"turbo", profile.turbo},
          {"hypervisor", profile.hypervisor},
          {"container", profile.container},
          {"accelerators", profile.accelerators}};
}

}  // namespace medbench
