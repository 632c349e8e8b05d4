// The few kernels of our own for NVIDIA devices, where libtorch takes several passes over memory: compiled
// for the card when a target is prepared, by the compiler library that comes with libtorch.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>
#include <cstdint>
#include <memory>
#include <string>

namespace medbench::torch_backend {

class Kernels {
 public:
  // For tensors of this type on this device. Null, with the reason in `problem`, where they cannot be
  // compiled or loaded: libtorch's own operations do the same, slower.
  static std::shared_ptr<Kernels> find(c10::Device device, at::ScalarType type, std::string& problem);

  Kernels() = default;
  virtual ~Kernels() = default;
  Kernels(const Kernels&) = delete;
  Kernels& operator=(const Kernels&) = delete;

  // Elements that a thread moves at once: widths are multiples of it. x is contiguous, all are of the type.
  static constexpr std::int64_t kPiece = 8;
  static constexpr std::int64_t kWidestNorm = 2048;

  // x = gelu(x), with erf.
  [[nodiscard]] static bool gelu_takes(std::int64_t width) { return width > 0 && width % kPiece == 0; }
  virtual void gelu(at::Tensor& x) = 0;
  // layer_norm(x + residual) over the last dimension, into the memory of x.
  [[nodiscard]] static bool norm_takes(std::int64_t width) {
    return gelu_takes(width) && width <= kWidestNorm;
  }
  virtual void add_layer_norm(at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight,
                              const at::Tensor& bias, double epsilon) = 0;
};

}  // namespace medbench::torch_backend
