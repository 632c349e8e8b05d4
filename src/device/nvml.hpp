// The sensors of an NVIDIA card, through the management library that comes with the driver.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medbench::device {

inline constexpr std::string_view kNvmlLibrary = "libnvidia-ml.so.1";

// What a card says at one moment; what it does not tell is absent.
struct GpuReading {
  std::optional<double> sm_clock_mhz;
  std::optional<double> memory_clock_mhz;
  std::optional<double> temperature_c;
  std::optional<double> power_w;
  std::optional<double> energy_mj;                 // since the driver was loaded
  std::optional<double> power_limited_s;           // since then, clocks lowered because of the power limit
  std::optional<double> heat_limited_s;            // because of heat
  std::optional<std::uint64_t> clock_reasons;      // bits, see names_of_clock_reasons
  std::optional<std::vector<unsigned>> processes;  // with a compute context on the card, this one too
};

// Why the clocks are what they are: "power cap", "hot" ... Idleness and clocks that were set on purpose are
// not among them.
std::vector<std::string> names_of_clock_reasons(std::uint64_t bits);

class GpuSensors {
 public:
  // The card with this PCI bus id; null where the library or the card is not found.
  static std::unique_ptr<GpuSensors> find(const std::string& pci_bus_id,
                                          std::string_view library = kNvmlLibrary);
  GpuSensors() = default;
  virtual ~GpuSensors() = default;
  GpuSensors(const GpuSensors&) = delete;
  GpuSensors& operator=(const GpuSensors&) = delete;

  // Takes some milliseconds: never while something is timed.
  [[nodiscard]] virtual GpuReading read() const = 0;
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual std::string driver_version() const = 0;
  [[nodiscard]] virtual std::optional<double> power_limit_w() const = 0;
  [[nodiscard]] virtual std::optional<double> max_sm_clock_mhz() const = 0;
};

}  // namespace medbench::device
