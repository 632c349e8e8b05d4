#include "measure/sensors.hpp"

#include <unistd.h>
#include <utility>

#include "device/cuda_driver.hpp"
#include "machine/relatives.hpp"

namespace medbench {

void Sensors::open(std::string_view device) {
  const auto index = device::cuda_index(device);
  if (!index) return;
  const auto& devices = device::cuda_driver().devices;
  const auto place = static_cast<std::size_t>(*index);
  if (place < devices.size()) gpu_ = device::GpuSensors::find(devices[place].pci_bus_id);
}

void Sensors::begin() {
  if (gpu_) gpu_before_ = gpu_->read();
  cpu_before_ = read_cpu_energy();
}

void Sensors::end(double turn_s) {
  const auto cpu_mj = energy_between_mj(cpu_before_, read_cpu_energy());
  cpu_mj_ = cpu_mj && cpu_mj_ ? std::optional(*cpu_mj_ + *cpu_mj) : std::nullopt;
  if (!gpu_) return;
  const device::GpuReading after = gpu_->read();
  const Family family{.own = static_cast<unsigned>(::getpid()), .relatives = relatives_with_card()};
  gpu_phase_.add(gpu_before_, after, turn_s, family);
}

void Sensors::fill(Result& result, std::size_t iterations) const {
  if (cpu_mj_ && iterations > 0)
    result.metrics.set("cpu_energy_mj_per_iteration", *cpu_mj_ / static_cast<double>(iterations));
  if (!gpu_) return;
  fill_gpu_metrics(result.metrics, gpu_phase_, iterations);
  result.details["gpu"] = gpu_details(*gpu_, gpu_phase_);
  for (auto& warning : gpu_warnings(gpu_phase_, gpu_->max_sm_clock_mhz()))
    result.warnings.push_back(std::move(warning));
}

}  // namespace medbench
