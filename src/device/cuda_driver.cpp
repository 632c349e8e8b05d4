#include "device/cuda_driver.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <fmt/core.h>
#include <map>

#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::device {

namespace {

constexpr double kMib = 1024.0 * 1024.0;
constexpr int kMostDevices = 256;

// The few functions and numbers of the CUDA driver interface that are used; it only ever grows.
constexpr int kSuccess = 0;
constexpr int kNoDevice = 100;
constexpr int kSystemDriverMismatch = 803;
constexpr int kCompatNotSupported = 804;
constexpr int kComputeMajor = 75;
constexpr int kComputeMinor = 76;

struct Functions {
  int (*init)(unsigned) = nullptr;
  int (*driver_version)(int*) = nullptr;
  int (*device_count)(int*) = nullptr;
  int (*device_get)(int*, int) = nullptr;
  int (*device_name)(char*, int, int) = nullptr;
  int (*total_memory)(std::size_t*, int) = nullptr;
  int (*attribute)(int*, int, int) = nullptr;
  int (*pci_bus_id)(char*, int, int) = nullptr;
  int (*error_string)(int, const char**) = nullptr;

  bool find(const Library& library) {
    return library.find("cuInit", init) && library.find("cuDriverGetVersion", driver_version) &&
           library.find("cuDeviceGetCount", device_count) && library.find("cuDeviceGet", device_get) &&
           library.find("cuDeviceGetName", device_name) &&
           library.find("cuDeviceTotalMem_v2", total_memory) &&
           library.find("cuDeviceGetAttribute", attribute) &&
           library.find("cuDeviceGetPCIBusId", pci_bus_id) && library.find("cuGetErrorString", error_string);
  }

  [[nodiscard]] std::string describe(int error) const {
    const char* text = nullptr;
    if (error_string(error, &text) != kSuccess || text == nullptr) return fmt::format("CUDA error {}", error);
    return fmt::format("{} (CUDA error {})", printable(text), error);
  }
};

constexpr const char* kVisibleDevices = "CUDA_VISIBLE_DEVICES";
constexpr std::string_view kInstall = "install or update the NVIDIA driver, and check it with nvidia-smi";

CudaDevice read_device(const Functions& cuda, int ordinal) {
  CudaDevice device;
  int handle = 0;
  if (cuda.device_get(&handle, ordinal) != kSuccess) return device;
  std::array<char, 256> text{};
  if (cuda.device_name(text.data(), static_cast<int>(text.size()) - 1, handle) == kSuccess)
    device.name = printable(text.data());
  text.fill(0);
  if (cuda.pci_bus_id(text.data(), static_cast<int>(text.size()) - 1, handle) == kSuccess)
    device.pci_bus_id = printable(text.data());
  std::size_t bytes = 0;
  if (cuda.total_memory(&bytes, handle) == kSuccess) device.memory_mb = static_cast<double>(bytes) / kMib;
  cuda.attribute(&device.compute_major, kComputeMajor, handle);
  cuda.attribute(&device.compute_minor, kComputeMinor, handle);
  return device;
}

std::string advice_for(int error) {
  const char* visible = std::getenv(kVisibleDevices);
  switch (error) {
    case kNoDevice:
      return visible == nullptr
                 ? "check that the card is seen by nvidia-smi, and that the container was started with "
                   "access to it"
                 : fmt::format(
                       "unset {0}, which is \"{1}\" and leaves no card, or give it the number of a card "
                       "that nvidia-smi lists",
                       kVisibleDevices, printable(visible, 80));
    case kSystemDriverMismatch:
      return "the driver's library and kernel module are of different versions: reboot or reload the module";
    case kCompatNotSupported:
      return "remove the CUDA compatibility package from the library path, or update the driver";
    default:
      return std::string(kInstall);
  }
}

CudaDriver probe(const std::string& name) {
  CudaDriver driver;
  const Library library(name, RTLD_NOW | RTLD_LOCAL);
  if (!library.loaded()) {
    driver.reason = fmt::format("there is no NVIDIA driver: {}", printable(library.error(), 400));
    driver.advice = kInstall;
    return driver;
  }
  Functions cuda;
  if (!cuda.find(library)) {
    driver.reason = fmt::format("{} is no NVIDIA driver, or one that is too old", name);
    driver.advice = kInstall;
    return driver;
  }
  const auto fail = [&](std::string_view call, int error) {
    driver.reason = fmt::format("{}: {}", call, cuda.describe(error));
    driver.advice = advice_for(error);
    return driver;
  };
  if (cuda.driver_version(&driver.version) != kSuccess) driver.version = 0;
  if (const int error = cuda.init(0); error != kSuccess) return fail("cuInit", error);
  int count = 0;
  if (const int error = cuda.device_count(&count); error != kSuccess) return fail("cuDeviceGetCount", error);
  if (count <= 0) return fail("cuDeviceGetCount", kNoDevice);
  for (int ordinal = 0; ordinal < count && ordinal < kMostDevices; ++ordinal)
    driver.devices.push_back(read_device(cuda, ordinal));
  return driver;
}

}  // namespace

const CudaDriver& cuda_driver(std::string_view library) {
  static std::map<std::string, CudaDriver, std::less<>> known;
  const auto it = known.find(library);
  if (it != known.end()) return it->second;
  return known.emplace(library, probe(std::string(library))).first->second;
}

std::optional<std::string> cuda_refusal(const CudaDriver& driver, int built_for) {
  constexpr int kMajor = 1000;
  if (driver.version > 0 && driver.version / kMajor < built_for / kMajor) {
    return fmt::format("the NVIDIA driver is too old: it runs CUDA {}, and CUDA {} is needed",
                       cuda_version_text(driver.version), cuda_version_text(built_for));
  }
  if (!driver.reason.empty()) return driver.reason;
  if (driver.devices.empty()) return "the NVIDIA driver lists no device";
  return std::nullopt;
}

std::string cuda_version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::optional<int> cuda_index(std::string_view device) {
  constexpr std::string_view kPrefix = "cuda";
  if (!device.starts_with(kPrefix)) return std::nullopt;
  device.remove_prefix(kPrefix.size());
  if (device.empty()) return 0;
  if (device.front() != ':') return std::nullopt;
  device.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(device.data(), device.data() + device.size(), number);
  const bool whole = error == std::errc() && end == device.data() + device.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

}  // namespace medbench::device
