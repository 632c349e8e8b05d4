#include "backend/torch/peak.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <limits>

namespace medbench::torch_backend {

namespace {

constexpr std::int64_t kSize = 8192;
constexpr int kFirstProducts = 3;  // set up the library and its workspace
constexpr int kTimedProducts = 20;

double fastest_product_ms(Accelerator& accelerator, at::ScalarType type) {
  const auto options = at::TensorOptions().dtype(type).device(accelerator.device());
  // Zeros would be multiplied faster: they take less power.
  const at::Tensor a = at::randn({kSize, kSize}, options);
  const at::Tensor b = at::randn({kSize, kSize}, options);
  at::Tensor product = at::empty({kSize, kSize}, options);
  double fastest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kFirstProducts + kTimedProducts; ++i) {
    accelerator.mark_begin();
    at::mm_out(product, a, b);
    accelerator.mark_end();
    accelerator.wait();
    if (i >= kFirstProducts) fastest = std::min(fastest, accelerator.elapsed_ms());
  }
  return fastest;
}

}  // namespace

std::optional<double> peak_gflops(Accelerator& accelerator, at::ScalarType type) {
  try {
    const double ms = fastest_product_ms(accelerator, type);
    accelerator.release_unused_memory();
    constexpr double kOperations = 2.0 * kSize * kSize * kSize;
    return kOperations / 1e6 / ms;
  } catch (const c10::OutOfMemoryError&) {
    accelerator.release_unused_memory();
    return std::nullopt;
  }
}

}  // namespace medbench::torch_backend
