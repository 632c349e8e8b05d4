// Between tensors of the host, of a checkpoint and of libtorch.
#pragma once

#include <ATen/core/Tensor.h>
#include <string>

#include "base/tensor.hpp"
#include "ir/parameters.hpp"

namespace medbench::torch_backend {

at::ScalarType scalar_type(DType dtype);

// A tensor over the source's own memory, which lives as long as the tensor does; a copy where that memory is
// not aligned.
at::Tensor wrap(const ir::ParameterData& data);

// Memory of the host without contents, from which a device other than the CPU copies fastest.
at::Tensor staging_tensor(at::IntArrayRef shape, at::ScalarType type, c10::Device device);
// Over the tensor's own bytes.
at::Tensor view_of(HostTensor& tensor);
at::Tensor view_of(const HostTensor& tensor);

// As fp32, wherever it lies, into the tensor of that name, which is made where it is missing or has another
// shape.
void to_host(const at::Tensor& tensor, const std::string& name, NamedTensors& outputs);

}  // namespace medbench::torch_backend
