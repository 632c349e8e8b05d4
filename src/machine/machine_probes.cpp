#include "machine/machine_probes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "machine/proc_file.hpp"

namespace medbench {

namespace {

struct NamePart {
  std::string_view part;
  std::string_view name;
};
constexpr std::array kFirmwareNames{
    NamePart{"QEMU", "kvm"},           NamePart{"KVM", "kvm"},           NamePart{"Amazon EC2", "kvm"},
    NamePart{"Google", "kvm"},         NamePart{"VMware", "vmware"},     NamePart{"VirtualBox", "virtualbox"},
    NamePart{"innotek", "virtualbox"}, NamePart{"Microsoft", "hyper-v"}, NamePart{"Xen", "xen"},
};
constexpr std::array kContainerNames{
    NamePart{"kubepods", "kubernetes"},   NamePart{"docker", "docker"},
    NamePart{"libpod", "podman"},         NamePart{"lxc", "lxc"},
    NamePart{"containerd", "containerd"},
};

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text.remove_prefix(1);
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

std::string parse_os_release(std::string_view text) {
  const auto name = find_field(text, "PRETTY_NAME", '=');
  return name ? std::string(unquoted(*name)) : "unknown";
}

std::int64_t cores_within_quota(std::int64_t cores, std::optional<double> quota) {
  if (!quota || *quota >= static_cast<double>(cores)) return cores;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(*quota)));
}

std::string name_hypervisor(bool virtual_cpu, std::string_view vendor, std::string_view product) {
  if (!virtual_cpu) return "none";
  for (const auto& row : kFirmwareNames) {
    if (vendor.find(row.part) != std::string_view::npos || product.find(row.part) != std::string_view::npos) {
      return std::string(row.name);
    }
  }
  return "unknown";
}

std::string name_container(std::string_view init_cgroup, bool docker_marker, bool podman_marker,
                           bool kubernetes) {
  if (kubernetes) return "kubernetes";
  if (docker_marker) return "docker";
  if (podman_marker) return "podman";
  for (const auto& row : kContainerNames) {
    if (init_cgroup.find(row.part) != std::string_view::npos) return std::string(row.name);
  }
  return "none";
}

std::string name_turbo(std::string_view no_turbo, std::string_view boost) {
  if (const auto off = parse_number(trim(no_turbo))) return *off == 0 ? "on" : "off";
  if (const auto on = parse_number(trim(boost))) return *on != 0 ? "on" : "off";
  return "unknown";
}

}  // namespace medbench
