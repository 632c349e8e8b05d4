// Accelerators as their drivers see them: what cards there are, why one cannot be used, and what it is doing.
// Vendors' libraries are opened at run time, so that a program with these questions runs on every machine. It
// knows no runtime and no job.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medbench::device {

struct CudaDevice {
  std::string name;
  std::string pci_bus_id;  // "0000:3b:00.0"
  double memory_mb = 0;
  int compute_major = 0;
  int compute_minor = 0;
};

// The NVIDIA driver's answers. Without a device there is a reason, one sentence, and something to do.
struct CudaDriver {
  int version = 0;  // the newest CUDA that it runs: 13000 is 13.0; 0 where there is no driver
  std::vector<CudaDevice> devices;
  std::string reason;
  std::string advice;
};

inline constexpr std::string_view kCudaDriverLibrary = "libcuda.so.1";

// Loads the driver and starts it up, which takes about 0.1 s and happens once a process and library.
const CudaDriver& cuda_driver(std::string_view library = kCudaDriverLibrary);

// Why a program built for this CUDA (13000 is 13.0) cannot use the driver; nothing where it can. Drivers run
// every CUDA of their own major version and older ones.
std::optional<std::string> cuda_refusal(const CudaDriver& driver, int built_for);

// 13020 is "13.2".
std::string cuda_version_text(int version);

// The number of "cuda" (0) or "cuda:3"; nothing for another device.
std::optional<int> cuda_index(std::string_view device);

}  // namespace medbench::device
