#include "backend/torch/cuda_library.hpp"

#include <ATen/Context.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>
#include <filesystem>
#include <system_error>
#include <torch/headeronly/version.h>

#include "backend/torch/torch_library.hpp"
#include "base/error.hpp"
#include "device/library.hpp"

namespace medbench::torch_backend {

namespace {

namespace fs = std::filesystem;

constexpr int kCudaOfTorch = 13000;  // that libtorch 2.11 is built for
constexpr const char* kCudaLibrary = "libtorch_cuda.so";
constexpr const char* kModuleFile = "torch-cuda.so";

struct Unusable {
  std::string reason;
  std::string advice;
};

void load_cuda_library() {
  const fs::path path = torch_library().parent_path() / kCudaLibrary;
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Unusable{
        fmt::format("{} is not there: the libtorch in use is for the CPU only", path.string()),
        fmt::format(
            "install torch {} with CUDA {} (pip install torch=={}) and set {} to its folder torch/lib",
            TORCH_VERSION, device::cuda_version_text(kCudaOfTorch), TORCH_VERSION, kTorchLibVariable)};
  }
  const device::Library library(path.string(), RTLD_LAZY | RTLD_GLOBAL);
  if (!library.loaded()) {
    throw Unusable{
        fmt::format("libtorch's CUDA library cannot be loaded: {}", printable(library.error(), 400)),
        "install the NVIDIA libraries that torch's package asks for, in the same environment"};
  }
}

// Beside the worker, or where a program of bin/ (a test) finds it.
fs::path module_path() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path beside = folder / kModuleFile;
  return fs::exists(beside, error) ? beside : folder.parent_path() / "libexec" / "medbench" / kModuleFile;
}

CudaModule* load_module() {
  const device::Library library(module_path().string(), RTLD_NOW | RTLD_LOCAL);
  CudaModuleEntry* entry = nullptr;
  if (!library.loaded() || !library.find(kCudaModuleEntry, entry)) {
    throw Unusable{
        fmt::format("the worker's CUDA module cannot be loaded: {}", printable(library.error(), 400)),
        "install medbench anew: worker and module must come from one build"};
  }
  return entry();
}

void check_devices() {
  if (!c10::impl::hasDeviceGuardImpl(c10::kCUDA) || !at::globalContext().hasCUDA())
    throw Unusable{"libtorch's CUDA library was loaded but finds no CUDA", "look at what nvidia-smi says"};
  if (c10::impl::getDeviceGuardImpl(c10::kCUDA)->deviceCount() <= 0)
    throw Unusable{"libtorch finds no CUDA device", "look at what nvidia-smi says"};
}

CudaSupport find_support() {
  CudaSupport support;
  const device::CudaDriver& driver = device::cuda_driver();
  try {
    if (auto problem = torch_library_problem())
      throw Unusable{*problem, fmt::format("correct {} or unset it", kTorchLibVariable)};
    if (auto refusal = device::cuda_refusal(driver, kCudaOfTorch)) {
      throw Unusable{*refusal, driver.advice.empty() ? "update the NVIDIA driver" : driver.advice};
    }
    load_cuda_library();
    CudaModule* module = load_module();
    check_devices();
    support.module = module;
    support.devices = driver.devices;
  } catch (const Unusable& unusable) {
    support.reason = unusable.reason;
    support.advice = unusable.advice;
  }
  return support;
}

}  // namespace

const CudaSupport& cuda_support() {
  static const CudaSupport kSupport = find_support();
  return kSupport;
}

}  // namespace medbench::torch_backend
