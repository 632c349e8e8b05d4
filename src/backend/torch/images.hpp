// Operations on images as ATen has them: what a PyTorch program calls.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "ir/graph.hpp"

namespace medbench::torch_backend {

// Whether the graph has operations on images.
bool has_images(const ir::Graph& graph);

// An operation with its parameters, for the image that it reads.
struct ImageForm {
  std::function<at::Tensor(const at::Tensor& x)> call;
  std::string kernel;
};

// The order in which the elements of an image of this rank lie, [batch, channels, (depth,) height, width];
// contiguous for tensors that are no images.
at::MemoryFormat memory_format(std::int64_t rank, bool channels_last);

// `parameters` are the node's inputs behind the image, on its device and, of convolutions, in its memory
// format.
ImageForm make_image_form(const ir::Convolution& op, std::span<const at::Tensor> parameters);
// The weight is rounded when it is made; the products are of floating point.
ImageForm make_image_form(const ir::QuantizedConvolution& op, std::span<const at::Tensor> parameters);
ImageForm make_image_form(const ir::TransposedConvolution& op, std::span<const at::Tensor> parameters);
ImageForm make_image_form(const ir::Pool& op);
ImageForm make_image_form(const ir::AdaptiveAveragePool& op);
ImageForm make_image_form(const ir::BatchNorm& op, std::span<const at::Tensor> parameters);
ImageForm make_image_form(const ir::InstanceNorm& op, std::span<const at::Tensor> parameters);
ImageForm make_image_form(const ir::Upsample& op);
ImageForm make_image_form(const ir::Pad& op);
ImageForm make_image_form(const ir::FakeQuantize& op);

}  // namespace medbench::torch_backend
