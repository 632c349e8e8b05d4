// Linear layers in integers.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>

#include "backend/torch/program.hpp"
#include "ir/quantization.hpp"

namespace medbench::torch_backend {

// Can this libtorch multiply integers on this machine? It needs oneDNN.
bool has_integer_linear();

// Ranges for each group of each row, for which libtorch has no operator?
bool needs_own_kernels(const ir::QuantizedLinear& linear);

// In fp32, whatever the type of x, residual and bias is; the result has x's.
// `rows` of x are expected at a time. Weights-only layers keep their integers and make numbers of them in
// every pass where memory goes before speed; otherwise once, when the layer is made.
struct QuantizedForm {
  std::int64_t rows = 1;
  bool keeps_integers = false;
};
LayerForm make_quantized_linear(const ir::QuantizedLinear& linear, const ir::QuantizedWeight& weight,
                                const at::Tensor& bias, const QuantizedForm& form);

}  // namespace medbench::torch_backend
