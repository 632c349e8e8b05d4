// The sensors of the processors and of an NVIDIA card around a measurement: read before and after each turn,
// never inside.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "device/nvml.hpp"
#include "job/result.hpp"
#include "machine/cpu_energy.hpp"
#include "measure/gpu_phase.hpp"

namespace medbench {

class Sensors {
 public:
  // The card behind "cuda" or "cuda:N"; other devices, and cards that do not answer, have none.
  void open(std::string_view device);
  void begin();
  void end(double turn_s);
  // Adds metrics, warnings and details of all turns.
  void fill(Result& result, std::size_t iterations) const;

 private:
  std::unique_ptr<device::GpuSensors> gpu_;
  device::GpuReading gpu_before_;
  GpuPhase gpu_phase_;
  CpuEnergy cpu_before_;
  std::optional<double> cpu_mj_ = 0;  // absent once a turn could not be read
};

}  // namespace medbench
