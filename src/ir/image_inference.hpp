// Inference of the operations on images.
#pragma once

#include "ir/operands.hpp"

namespace medbench::ir {

// The result's type. Throws Internal, with the node's name.
ValueType infer_image(const Operands& operands, const Convolution& op);
ValueType infer_image(const Operands& operands, const QuantizedConvolution& op);
ValueType infer_image(const Operands& operands, const TransposedConvolution& op);
ValueType infer_image(const Operands& operands, const Pool& op);
ValueType infer_image(const Operands& operands, const AdaptiveAveragePool& op);
ValueType infer_image(const Operands& operands, const BatchNorm& op);
ValueType infer_image(const Operands& operands, const InstanceNorm& op);
ValueType infer_image(const Operands& operands, const Concatenate& op);
ValueType infer_image(const Operands& operands, const Upsample& op);
ValueType infer_image(const Operands& operands, const Pad& op);

}  // namespace medbench::ir
