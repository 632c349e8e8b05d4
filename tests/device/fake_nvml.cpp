// A management library whose card says what the environment variable MEDBENCH_FAKE_NVML asks for.
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

int card = 0;
unsigned long long energy = 1'000'000;

bool mode(std::string_view name) {
  const char* value = std::getenv("MEDBENCH_FAKE_NVML");
  return value != nullptr && value == name;
}

struct ProcessInfo {
  unsigned pid;
  unsigned long long used_memory;
  unsigned gpu_instance;
  unsigned compute_instance;
};

struct ViolationTime {
  unsigned long long reference_time;
  unsigned long long violation_time;
};

constexpr int kNotSupported = 3;

}  // namespace

// NOLINTBEGIN(readability-identifier-naming): the names are the library's
extern "C" {

int nvmlInit_v2() {
  return mode("broken") ? 9 : 0;
}
int nvmlDeviceGetHandleByPciBusId_v2(const char* id, void** handle) {
  if (std::strcmp(id, "0000:3B:00.0") != 0) return 6;
  *handle = &card;
  return 0;
}
int nvmlDeviceGetName(void*, char* text, unsigned length) {
  std::strncpy(text, "NVIDIA Fake", length);
  return 0;
}
int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  std::strncpy(text, "580.1", length);
  return 0;
}
int nvmlDeviceGetClockInfo(void*, unsigned type, unsigned* mhz) {
  *mhz = type == 1 ? 1410 : 2619;
  return 0;
}
int nvmlDeviceGetMaxClockInfo(void*, unsigned type, unsigned* mhz) {
  *mhz = type == 1 ? 1980 : 2619;
  return 0;
}
int nvmlDeviceGetTemperature(void*, unsigned, unsigned* celsius) {
  *celsius = 61;
  return 0;
}
int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = 650'500;
  return 0;
}
int nvmlDeviceGetEnforcedPowerLimit(void*, unsigned* milliwatts) {
  *milliwatts = 700'000;
  return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules) {
  if (mode("silent")) return kNotSupported;
  *millijoules = energy += 500'000;
  return 0;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void*, unsigned long long* bits) {
  *bits = 0x04 | 0x01;
  return 0;
}
int nvmlDeviceGetViolationStatus(void*, unsigned policy, ViolationTime* time) {
  if (mode("silent")) return kNotSupported;
  time->violation_time = policy == 0 ? 2'500'000'000ULL : 0;
  return 0;
}
int nvmlDeviceGetComputeRunningProcesses_v3(void*, unsigned* count, ProcessInfo* infos) {
  if (*count < 2) return 7;
  *count = 2;
  infos[0] = {11, 1, 0, 0};
  infos[1] = {22, 1, 0, 0};
  return 0;
}
}
// NOLINTEND(readability-identifier-naming)
