// Between tensors of the host, of a checkpoint and of libtorch.
#pragma once

#include <ATen/core/Tensor.h>

#include "base/tensor.hpp"
#include "ir/parameters.hpp"

namespace medbench::torch_backend {

at::ScalarType scalar_type(DType dtype);

// A tensor over the source's own memory, which lives as long as the tensor does; a copy where that memory is
// not aligned.
at::Tensor wrap(const ir::ParameterData& data);

// As fp32, wherever it lies.
HostTensor to_host(const at::Tensor& tensor);
// A copy on the CPU.
at::Tensor to_torch(const HostTensor& tensor);

// The form in which attention uses a mask, on its device: undefined where it hides nothing, else booleans on
// the CPU and, on devices, where those would be converted in every layer, what is added to scores of `type`.
at::Tensor to_attention_mask(const HostTensor& mask, c10::Device device, at::ScalarType type);

}  // namespace medbench::torch_backend
