// Convolutions of bytes by oneDNN, as libtorch has them.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.hpp"
#include "ir/quantization.hpp"

namespace medbench::torch_backend {

// Can this libtorch convolve bytes on this machine?
bool has_byte_convolution();

// x rounded, as a tensor of bytes with its channels last.
at::Tensor to_bytes(const at::Tensor& x, const ir::ActivationScale& scale);

// The largest bytes of each window of a plane.
at::Tensor byte_max_pool(const ir::Pool& op, const at::Tensor& x);

struct ByteLayer {
  std::optional<ir::ActivationScale> addend;  // where there is one: of planes alone
  std::optional<ir::ActivationScale> result;  // absent: the result is of floating point
};
// `call` takes x as bytes, and an addend of bytes whose memory the result takes over.
struct ByteForm {
  std::function<at::Tensor(const at::Tensor& x, const at::Tensor& addend)> call;
  std::string kernel;
};
// `scale` is that of x, `input` its largest size; `bias` is undefined where there is none.
ByteForm make_byte_convolution(const ir::QuantizedConvolution& op, const ir::QuantizedWeight& weight,
                               const std::vector<std::int64_t>& filters, const at::Tensor& bias,
                               const ir::ActivationScale& scale, const std::vector<std::int64_t>& input,
                               const ByteLayer& layer);

}  // namespace medbench::torch_backend
