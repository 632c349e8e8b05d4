// The arithmetic of the interpreter: one function an operation. Arguments have been verified; results are
// rounded to the type of the operands unless said otherwise.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "ir/graph.hpp"
#include "ir/oracle_tensor.hpp"

namespace medbench::ir {

// Sources: Hendrycks, Gimpel, "Gaussian error linear units", 2016 (both forms of gelu).
double apply_activation(Activation activation, double x, double slope = 0);

OracleTensor linear(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                    const OracleTensor* residual, Activation activation);
// Integers are multiplied and summed exactly; a range of x or a row of weights that is not finite gives NaN.
OracleTensor quantized_linear(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                              const OracleTensor* residual, const QuantizedLinear& op);
// A range of x that is calibrated is finite; NaN becomes the least number of it.
OracleTensor fake_quantize(const OracleTensor& x, const FakeQuantize& op);
// The weight of a QuantizedConvolution as the numbers that its integers stand for; a filter that is not
// finite is NaN. They are not rounded to the weight's type.
OracleTensor rounded_filters(const OracleTensor& weight, std::int32_t weight_max);
OracleTensor layer_norm(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                        double epsilon);
OracleTensor activate(const OracleTensor& x, const Activate& op);
OracleTensor softmax(const OracleTensor& x);
// A row whose keys are all masked attends to nothing and yields zeros, as torch's
// scaled_dot_product_attention does with a boolean mask since 2.5. A masked key takes no part at all, even
// where its value is infinite.
OracleTensor attention(const OracleTensor& q, const OracleTensor& k, const OracleTensor& v,
                       const OracleTensor& mask, std::int64_t heads);
// Throws Usage, naming `node`, for offsets that do not ascend from 0 to the number of tokens.
OracleTensor packed_attention(const OracleTensor& q, const OracleTensor& k, const OracleTensor& v,
                              const OracleTensor& offsets, std::int64_t heads, const std::string& node);

// Throws Usage, naming `node`, for an id outside the table.
OracleTensor embedding(const OracleTensor& ids, const OracleTensor& table, const std::string& node);
OracleTensor add(const OracleTensor& a, const OracleTensor& b);
OracleTensor reshape(const OracleTensor& x, std::vector<std::int64_t> shape);
OracleTensor transpose(const OracleTensor& x, std::span<const int> permutation);
OracleTensor slice(const OracleTensor& x, int axis, std::int64_t start, std::int64_t length);
// Floating point to integer truncates, as C++ and torch do; what the integer type cannot hold becomes its
// nearest limit, NaN 0.
OracleTensor cast(const OracleTensor& x, DType to);
OracleTensor round_to_fp8(const OracleTensor& x, const RoundToFp8& op);

}  // namespace medbench::ir
