// Energy that the processors took, from the counters that the kernel shows below /sys/class/powercap (RAPL).
// Most machines let only root read them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace medbench {

struct EnergyCounter {
  std::uint64_t microjoules = 0;
  std::uint64_t wraps_at = 0;  // the largest value; the counter then starts again at 0
};

// By zone; packages only, since their parts and the whole platform would count twice. Empty where none is
// readable.
using CpuEnergy = std::map<std::string, EnergyCounter>;
CpuEnergy read_cpu_energy(const std::filesystem::path& powercap = "/sys/class/powercap");

// Millijoules from one reading to another, all packages together; nothing where a zone is in one alone or
// where there is none. A counter may have wrapped once.
std::optional<double> energy_between_mj(const CpuEnergy& before, const CpuEnergy& after);

}  // namespace medbench
