// Tensors to and from OpenVINO's.
#pragma once

#include <openvino/runtime/tensor.hpp>

#include "base/tensor.hpp"

namespace medbench::openvino_backend {

// Copies: the result owns its memory.
ov::Tensor to_openvino(const HostTensor& tensor);

// As fp32, whatever the type. Throws Internal for a type that no graph has.
HostTensor to_host(const ov::Tensor& tensor);

}  // namespace medbench::openvino_backend
