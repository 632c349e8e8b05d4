// Operations on images on a device that has kernels of our own for what stands around its convolutions.
#pragma once

#include <ATen/core/Tensor.h>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/torch/fusion.hpp"
#include "backend/torch/image_kernels.hpp"

namespace medbench::torch_backend {

// A chain with its parameters, for the images that its first operation reads, or of which they are joined.
struct ChainForm {
  std::function<at::Tensor(const std::vector<at::Tensor>& images, const at::Tensor& addend)> call;
  std::string kernel;
};

// `parameters` are the first node's inputs behind the image, on its device and in its memory format.
ChainForm make_fused_chain(const ImageChain& chain, std::span<const at::Tensor> parameters,
                           std::shared_ptr<ImageKernels> kernels);

// What such kernels take: images of fp16, bf16 or fp32 with a suitable number of channels, a number in
// `shape`.
bool kernels_take(DType type, const std::vector<std::int64_t>& shape);

}  // namespace medbench::torch_backend
