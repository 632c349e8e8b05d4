#include "backend/torch/kernels.hpp"

#include <ATen/ATen.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <map>
#include <vector>

#include "backend/torch/cuda_library.hpp"
#include "backend/torch/kernel_compiler.hpp"
#include "backend/torch/kernel_source.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

constexpr unsigned kGeluThreads = 256;
constexpr unsigned kWarp = 32;
constexpr std::int64_t kMostRowsOfBlock = 4;
constexpr std::int64_t kFewestBlocks = 512;  // from when on blocks take several rows

int element_code(at::ScalarType type) {
  switch (type) {
    case at::kHalf:
      return 0;
    case at::kBFloat16:
      return 1;
    default:
      return 2;
  }
}

class CompiledKernels final : public Kernels {
 public:
  CompiledKernels(c10::Device device, at::ScalarType type, const device::CudaDevice& properties)
      : device_(device),
        base_options_{
            fmt::format("--gpu-architecture=sm_{}{}", properties.compute_major, properties.compute_minor),
            "--std=c++17", fmt::format("-DELEMENT={}", element_code(type))},
        gelu_(KernelModule(kKernelSource, base_options_).function("gelu")) {}

  void gelu(at::Tensor& x) override {
    void* data = x.data_ptr();
    long long pieces = x.numel() / kPiece;
    void* arguments[] = {&data, &pieces};
    const auto blocks = static_cast<unsigned>((pieces + kGeluThreads - 1) / kGeluThreads);
    launch(gelu_, {.blocks = blocks, .threads_x = kGeluThreads}, stream(), arguments);
  }

  void add_layer_norm(at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight,
                      const at::Tensor& bias, double epsilon) override {
    const std::int64_t width = x.size(-1);
    const at::Tensor sources[] = {residual.contiguous(), weight.contiguous(), bias.contiguous()};
    void* data = x.data_ptr();
    const void* added = sources[0].const_data_ptr();
    const void* factor = sources[1].const_data_ptr();
    const void* shift = sources[2].const_data_ptr();
    int rows = static_cast<int>(x.numel() / width);
    auto eps = static_cast<float>(epsilon);
    void* arguments[] = {&data, &added, &factor, &shift, &data, &rows, &eps};
    const std::int64_t rows_of_block = rows >= kFewestBlocks * kMostRowsOfBlock ? kMostRowsOfBlock : 1;
    const LaunchShape shape{.blocks = static_cast<unsigned>((rows + rows_of_block - 1) / rows_of_block),
                            .threads_x = kWarp,
                            .threads_y = static_cast<unsigned>(rows_of_block)};
    launch(add_layer_norm_of(width), shape, stream(), arguments);
  }

 private:
  KernelFunction add_layer_norm_of(std::int64_t width) {
    const auto it = add_layer_norms_.find(width);
    if (it != add_layer_norms_.end()) return it->second;
    std::vector<std::string> options = base_options_;
    options.push_back(fmt::format("-DWIDTH={}", width));
    return add_layer_norms_.emplace(width, KernelModule(kKernelSource, options).function("add_layer_norm"))
        .first->second;
  }

  [[nodiscard]] void* stream() const {
    const auto* guard = c10::impl::getDeviceGuardImpl(device_.type());
    return guard->getStreamNativeHandle(guard->getStream(device_));
  }

  c10::Device device_;
  std::vector<std::string> base_options_;
  KernelFunction gelu_;
  std::map<std::int64_t, KernelFunction> add_layer_norms_;  // by width
};

}  // namespace

std::shared_ptr<Kernels> Kernels::find(c10::Device device, at::ScalarType type, std::string& problem) {
  if (!device.is_cuda()) return nullptr;
  try {
    const auto& devices = cuda_support().devices;
    return std::make_shared<CompiledKernels>(device, type,
                                             devices.at(static_cast<std::size_t>(device.index())));
  } catch (const Error& error) {
    problem = error.what();
    return nullptr;
  }
}

}  // namespace medbench::torch_backend
