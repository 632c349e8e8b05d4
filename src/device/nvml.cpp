#include "device/nvml.hpp"

#include <array>
#include <cstddef>
#include <dlfcn.h>

#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::device {

namespace {

// The few functions, numbers and layouts of NVML that are used; names with a version never change.
using Handle = void*;
constexpr int kSuccess = 0;
constexpr unsigned kSmClock = 1;
constexpr unsigned kMemoryClock = 2;
constexpr unsigned kCoreSensor = 0;
constexpr unsigned kPowerPolicy = 0;
constexpr unsigned kThermalPolicy = 1;
constexpr unsigned kMostProcesses = 256;
constexpr unsigned kLongestText = 128;
constexpr double kMilli = 1e-3;
constexpr double kNano = 1e-9;

struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance;
  unsigned compute_instance;
};
static_assert(sizeof(ProcessInfo) == 24);

struct ViolationTime {
  unsigned long long reference_time;
  unsigned long long violation_time;  // nanoseconds
};

struct ClockReason {
  std::uint64_t bit;
  const char* name;
};
constexpr std::array kClockReasons{
    ClockReason{0x04, "power cap"},      ClockReason{0x08, "hardware slowdown"},
    ClockReason{0x20, "hot (software)"}, ClockReason{0x40, "hot (hardware)"},
    ClockReason{0x80, "power brake"},
};

struct Functions {
  int (*init)() = nullptr;
  int (*by_bus_id)(const char*, Handle*) = nullptr;
  // All below may be missing.
  int (*name)(Handle, char*, unsigned) = nullptr;
  int (*driver)(char*, unsigned) = nullptr;
  int (*clock)(Handle, unsigned, unsigned*) = nullptr;
  int (*max_clock)(Handle, unsigned, unsigned*) = nullptr;
  int (*temperature)(Handle, unsigned, unsigned*) = nullptr;
  int (*power)(Handle, unsigned*) = nullptr;        // milliwatts
  int (*power_limit)(Handle, unsigned*) = nullptr;  // milliwatts
  int (*energy)(Handle, unsigned long long*) = nullptr;
  int (*reasons)(Handle, unsigned long long*) = nullptr;
  int (*violation)(Handle, unsigned, ViolationTime*) = nullptr;
  int (*processes)(Handle, unsigned*, ProcessInfo*) = nullptr;

  bool find(const Library& library) {
    library.find("nvmlDeviceGetName", name);
    library.find("nvmlSystemGetDriverVersion", driver);
    library.find("nvmlDeviceGetClockInfo", clock);
    library.find("nvmlDeviceGetMaxClockInfo", max_clock);
    library.find("nvmlDeviceGetTemperature", temperature);
    library.find("nvmlDeviceGetPowerUsage", power);
    library.find("nvmlDeviceGetEnforcedPowerLimit", power_limit);
    library.find("nvmlDeviceGetTotalEnergyConsumption", energy);
    if (!library.find("nvmlDeviceGetCurrentClocksEventReasons", reasons))
      library.find("nvmlDeviceGetCurrentClocksThrottleReasons", reasons);  // before driver 535
    library.find("nvmlDeviceGetViolationStatus", violation);
    library.find("nvmlDeviceGetComputeRunningProcesses_v3", processes);
    return library.find("nvmlInit_v2", init) && library.find("nvmlDeviceGetHandleByPciBusId_v2", by_bus_id);
  }
};

// Asks for one figure; absent where the function is missing or fails.
template <class Raw, class Function, class... Args>
std::optional<double> ask(double scale, Function* function, Args... args) {
  Raw value{};
  if (function == nullptr || function(args..., &value) != kSuccess) return std::nullopt;
  return static_cast<double>(value) * scale;
}

class Nvml final : public GpuSensors {
 public:
  Nvml(const Functions& nvml, Handle card) : nvml_(nvml), card_(card) {}

  [[nodiscard]] GpuReading read() const override {
    GpuReading reading;
    reading.sm_clock_mhz = ask<unsigned>(1, nvml_.clock, card_, kSmClock);
    reading.memory_clock_mhz = ask<unsigned>(1, nvml_.clock, card_, kMemoryClock);
    reading.temperature_c = ask<unsigned>(1, nvml_.temperature, card_, kCoreSensor);
    reading.power_w = ask<unsigned>(kMilli, nvml_.power, card_);
    reading.energy_mj = ask<unsigned long long>(1, nvml_.energy, card_);
    reading.power_limited_s = violation(kPowerPolicy);
    reading.heat_limited_s = violation(kThermalPolicy);
    unsigned long long bits = 0;
    if (nvml_.reasons != nullptr && nvml_.reasons(card_, &bits) == kSuccess) reading.clock_reasons = bits;
    reading.processes = processes();
    return reading;
  }

  [[nodiscard]] std::string name() const override {
    std::array<char, kLongestText + 1> text{};
    if (nvml_.name == nullptr || nvml_.name(card_, text.data(), kLongestText) != kSuccess) return {};
    return printable(text.data());
  }

  [[nodiscard]] std::string driver_version() const override {
    std::array<char, kLongestText + 1> text{};
    if (nvml_.driver == nullptr || nvml_.driver(text.data(), kLongestText) != kSuccess) return {};
    return printable(text.data());
  }

  [[nodiscard]] std::optional<double> power_limit_w() const override {
    return ask<unsigned>(kMilli, nvml_.power_limit, card_);
  }

  [[nodiscard]] std::optional<double> max_sm_clock_mhz() const override {
    return ask<unsigned>(1, nvml_.max_clock, card_, kSmClock);
  }

 private:
  [[nodiscard]] std::optional<double> violation(unsigned policy) const {
    ViolationTime time{};
    if (nvml_.violation == nullptr || nvml_.violation(card_, policy, &time) != kSuccess) return std::nullopt;
    return static_cast<double>(time.violation_time) * kNano;
  }

  [[nodiscard]] std::optional<std::vector<unsigned>> processes() const {
    std::array<ProcessInfo, kMostProcesses> found{};
    unsigned count = kMostProcesses;
    if (nvml_.processes == nullptr || nvml_.processes(card_, &count, found.data()) != kSuccess)
      return std::nullopt;
    std::vector<unsigned> pids;
    for (unsigned i = 0; i < count && i < kMostProcesses; ++i) pids.push_back(found.at(i).pid);
    return pids;
  }

  Functions nvml_;
  Handle card_;
};

}  // namespace

std::vector<std::string> names_of_clock_reasons(std::uint64_t bits) {
  std::vector<std::string> names;
  for (const ClockReason& reason : kClockReasons) {
    if ((bits & reason.bit) != 0) names.emplace_back(reason.name);
  }
  return names;
}

std::unique_ptr<GpuSensors> GpuSensors::find(const std::string& pci_bus_id, std::string_view library) {
  const Library nvml_library(std::string(library), RTLD_NOW | RTLD_LOCAL);
  Functions nvml;
  if (!nvml_library.loaded() || !nvml.find(nvml_library) || nvml.init() != kSuccess) return nullptr;
  Handle card = nullptr;
  if (nvml.by_bus_id(pci_bus_id.c_str(), &card) != kSuccess || card == nullptr) return nullptr;
  return std::make_unique<Nvml>(nvml, card);
}

}  // namespace medbench::device
