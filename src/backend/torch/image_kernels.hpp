// Kernels of our own for images on NVIDIA devices: what stands around the convolutions, each in as few passes
// over memory as it takes. Images have their channels last, and a number of channels that is a multiple of
// Kernels::kPiece. Factors are contiguous, in fp32 and may be undefined.
#pragma once

#include <ATen/core/Tensor.h>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backend/torch/kernels.hpp"
#include "ir/graph.hpp"

namespace medbench::torch_backend {

class ImageKernels {
 public:
  // For images of this type on this device. Null as Kernels::find.
  static std::shared_ptr<ImageKernels> find(c10::Device device, at::ScalarType type, std::string& problem);

  ImageKernels() = default;
  virtual ~ImageKernels() = default;
  ImageKernels(const ImageKernels&) = delete;
  ImageKernels& operator=(const ImageKernels&) = delete;

  [[nodiscard]] static bool takes(ir::Activation activation);
  [[nodiscard]] static bool takes_channels(std::int64_t channels) {
    return channels > 0 && channels % Kernels::kPiece == 0;
  }
  static constexpr std::size_t kMostSources = 64;

  // x = activation(x * scale + shift + addend): scale and shift [channels], addend as x.
  virtual void finish(at::Tensor& x, const at::Tensor& scale, const at::Tensor& shift,
                      const at::Tensor& addend, const ir::Activate& activation) = 0;
  // activation(x * scale + shift) of the images' channels one after the other: at most kMostSources images.
  virtual at::Tensor join(const std::vector<at::Tensor>& images, const at::Tensor& scale,
                          const at::Tensor& shift, const ir::Activate& activation) = 0;
  // activation(instance_norm(x)), weight and bias [channels].
  virtual at::Tensor instance_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                                   double epsilon, const ir::Activate& activation) = 0;
  // The largest activation(x + shift) of each window; shift [channels].
  virtual at::Tensor max_pool(const at::Tensor& x, const at::Tensor& shift, const ir::Pool& pool,
                              const ir::Activate& activation) = 0;
};

}  // namespace medbench::torch_backend
