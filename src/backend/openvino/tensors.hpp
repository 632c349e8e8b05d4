// Tensors to and from OpenVINO's.
#pragma once

#include <cstdint>
#include <openvino/runtime/tensor.hpp>
#include <string>
#include <vector>

#include "base/tensor.hpp"

namespace medbench::openvino_backend {

// Throws Internal for a type that OpenVINO has not.
ov::Tensor make_tensor(DType dtype, const std::vector<std::int64_t>& shape);
// Throws Internal for values of another size.
void write_tensor(const HostTensor& values, ov::Tensor tensor);

// As fp32, whatever the type, in place where there is room. Throws Internal for a type that no graph has.
void read_tensor(const ov::Tensor& tensor, const std::string& name, NamedTensors& outputs);

}  // namespace medbench::openvino_backend
