// The small judgements behind the machine profile, each from texts that the kernel gives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace medbench {

// PRETTY_NAME of /etc/os-release without its quotes; "unknown" without one.
std::string parse_os_release(std::string_view text);

// Whole cores that a quota leaves of those there are, at least 1: a thread more than it grants is put to
// sleep in every period.
std::int64_t cores_within_quota(std::int64_t cores, std::optional<double> quota);

// By the names that the firmware gives (/sys/class/dmi/id/sys_vendor and product_name): "kvm", "vmware",
// "hyper-v" ...; "unknown" for a virtual processor with unknown firmware, "none" for a processor that is not
// virtual.
std::string name_hypervisor(bool virtual_cpu, std::string_view vendor, std::string_view product);

// From /proc/1/cgroup and which of the marker files exist; "none" without a sign of a container.
std::string name_container(std::string_view init_cgroup, bool docker_marker, bool podman_marker,
                           bool kubernetes);

// "on", "off" or "unknown" from intel_pstate/no_turbo and cpufreq/boost, empty where the file is missing.
std::string name_turbo(std::string_view no_turbo, std::string_view boost);

}  // namespace medbench
