#include "backend/torch/kernels.hpp"

#include <ATen/ATen.h>
#include <map>
#include <vector>

#include "backend/torch/kernel_compiler.hpp"
#include "backend/torch/kernel_device.hpp"
#include "backend/torch/kernel_source.hpp"

namespace medbench::torch_backend {

namespace {

constexpr unsigned kGeluThreads = 256;
constexpr unsigned kWarp = 32;
constexpr std::int64_t kMostRowsOfBlock = 4;
constexpr std::int64_t kFewestBlocks = 512;  // from when on blocks take several rows

class CompiledKernels final : public Kernels {
 public:
  CompiledKernels(c10::Device device, at::ScalarType type)
      : device_(device),
        base_options_(kernel_options(device, type)),
        gelu_(KernelModule(kKernelSource, base_options_).function("gelu")) {}

  void gelu(at::Tensor& x) override {
    void* data = x.data_ptr();
    long long pieces = x.numel() / kPiece;
    void* arguments[] = {&data, &pieces};
    const auto blocks = static_cast<unsigned>((pieces + kGeluThreads - 1) / kGeluThreads);
    launch(gelu_, {.blocks = blocks, .threads_x = kGeluThreads}, stream_of(device_), arguments);
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
    launch(add_layer_norm_of(width), shape, stream_of(device_), arguments);
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

  c10::Device device_;
  std::vector<std::string> base_options_;
  KernelFunction gelu_;
  std::map<std::int64_t, KernelFunction> add_layer_norms_;  // by width
};

}  // namespace

std::shared_ptr<Kernels> Kernels::find(c10::Device device, at::ScalarType type, std::string& problem) {
  return find_kernels<CompiledKernels>(device, type, problem);
}

}  // namespace medbench::torch_backend
