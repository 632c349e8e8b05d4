#include "machine/cpu_energy.hpp"

#include <algorithm>
#include <system_error>

#include "machine/proc_file.hpp"

namespace medbench {

namespace {

constexpr double kMillijoulesOfMicrojoule = 1e-3;

std::optional<std::uint64_t> read_number(const std::filesystem::path& file) {
  const auto number = parse_number(trim(read_proc_file(file.string())));
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

// "intel-rapl:0" is a package or the platform; "intel-rapl:0:1" a part of one.
bool is_package(const std::filesystem::path& zone) {
  const std::string name = zone.filename().string();
  return std::count(name.begin(), name.end(), ':') == 1 &&
         trim(read_proc_file((zone / "name").string())).starts_with("package");
}

}  // namespace

CpuEnergy read_cpu_energy(const std::filesystem::path& powercap) {
  CpuEnergy energy;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(powercap, error)) {
    if (!is_package(entry.path())) continue;
    const auto now = read_number(entry.path() / "energy_uj");
    const auto most = read_number(entry.path() / "max_energy_range_uj");
    if (now) energy[entry.path().filename().string()] = {.microjoules = *now, .wraps_at = most.value_or(0)};
  }
  return energy;
}

std::optional<double> energy_between_mj(const CpuEnergy& before, const CpuEnergy& after) {
  if (before.empty() || before.size() != after.size()) return std::nullopt;
  double sum = 0;
  for (const auto& [zone, end] : after) {
    const auto begin = before.find(zone);
    if (begin == before.end()) return std::nullopt;
    const std::uint64_t start = begin->second.microjoules;
    if (end.microjoules >= start) {
      sum += static_cast<double>(end.microjoules - start);
    } else if (end.wraps_at >= start) {
      sum += static_cast<double>(end.wraps_at - start) + static_cast<double>(end.microjoules);
    } else {
      return std::nullopt;
    }
  }
  return sum * kMillijoulesOfMicrojoule;
}

}  // namespace medbench
