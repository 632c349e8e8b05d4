// Operations on images as libtorch has them fastest on the CPU, where a PyTorch program needs its compiler:
// convolutions with packed weights and what follows them in one call of oneDNN. Images lie with their
// channels last.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <vector>

#include "backend/torch/fusion.hpp"
#include "backend/torch/images.hpp"
#include "backend/torch/program.hpp"

namespace medbench::torch_backend {

// Of a type that oneDNN has: the convolution with its activation after its addend, which the call takes as
// the residual. `input` is the largest size of its x. `bias` is undefined where there is none.
LayerForm make_packed_convolution(const ImageChain& chain, const at::Tensor& weight, const at::Tensor& bias,
                                  const std::vector<std::int64_t>& input);

// Instance norm without the copies into another order that ATen's own makes.
ImageForm make_channels_last_norm(const ir::InstanceNorm& op, std::span<const at::Tensor> parameters);

// A maximum without the indices of ATen's: a kernel of our own, for fp32 and bf16.
ImageForm make_own_max_pool(const ir::Pool& op);

}  // namespace medbench::torch_backend
