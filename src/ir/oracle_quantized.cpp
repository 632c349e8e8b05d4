// QuantizedLinear: the oracle holds its integers in int32 and sums their products in int64, which is exact.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "ir/oracle_ops.hpp"
#include "ir/quantization.hpp"

namespace medbench::ir {
namespace {

struct QuantizedRows {
  std::vector<std::int32_t> integers;  // [out, in]
  std::vector<float> scales;           // [out]
};

QuantizedRows quantize_rows(const OracleTensor& weight, std::int32_t weight_max) {
  const auto in = static_cast<std::size_t>(weight.shape[1]);
  QuantizedRows rows;
  for (std::size_t begin = 0; begin < weight.floats.size(); begin += in) {
    const std::span<const float> row{weight.floats.data() + begin, in};
    const float scale = weight_scale(row, weight_max);
    rows.scales.push_back(scale);
    for (const float element : row)
      rows.integers.push_back(quantize_weight_element(element, scale, weight_max));
  }
  return rows;
}

ActivationScale scale_of(const OracleTensor& x, const QuantizedLinear& op) {
  if (op.input == ActivationQuantization::Static) {
    return activation_scale(op.input_min, op.input_max, op.activation_max);
  }
  double min = 0;
  double max = 0;
  for (const float element : x.floats) {
    if (std::isnan(element)) return {element, 0, op.activation_max};
    min = std::min(min, double{element});
    max = std::max(max, double{element});
  }
  return activation_scale(min, max, op.activation_max);
}

// Integers of x with the zero point taken off.
std::vector<std::int32_t> centred(const OracleTensor& x, const ActivationScale& scale) {
  std::vector<std::int32_t> integers;
  integers.reserve(x.floats.size());
  for (const float element : x.floats) {
    integers.push_back(quantize_activation_element(element, scale) - scale.zero_point);
  }
  return integers;
}

// Sum of products of integers: exact. `Number` is double for an x that stays in floating point.
template <class Sum, class Number>
Sum dot(std::span<const Number> x, std::span<const std::int32_t> weight) {
  Sum sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += static_cast<Sum>(x[i]) * static_cast<Sum>(weight[i]);
  return sum;
}

}  // namespace

OracleTensor quantized_linear(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                              const OracleTensor* residual, const QuantizedLinear& op) {
  const auto in = static_cast<std::size_t>(weight.shape[1]);
  const std::size_t out = bias.floats.size();
  std::vector<std::int64_t> shape = x.shape;
  shape.back() = bias.shape.front();
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));

  const QuantizedRows rows = quantize_rows(weight, op.weight_max);
  const bool rounds_x = op.input != ActivationQuantization::None;
  const ActivationScale scale = rounds_x ? scale_of(x, op) : ActivationScale{};
  const bool has_scale = std::isfinite(scale.scale);
  std::vector<std::int32_t> integers;
  if (rounds_x && has_scale) integers = centred(x, scale);

  const auto product = [&](std::size_t row, std::size_t column) {
    const std::span<const std::int32_t> weights{rows.integers.data() + column * in, in};
    const double unit = double{rows.scales[column]};
    if (!has_scale || !std::isfinite(rows.scales[column])) return std::numeric_limits<double>::quiet_NaN();
    if (!rounds_x) return unit * dot<double>(std::span<const float>{x.floats.data() + row * in, in}, weights);
    const std::span<const std::int32_t> features{integers.data() + row * in, in};
    return unit * double{scale.scale} * static_cast<double>(dot<std::int64_t>(features, weights));
  };
  for (std::size_t index = 0; index < result.floats.size(); ++index) {
    const std::size_t column = index % out;
    double value =
        apply_activation(op.activation, product(index / out, column) + double{bias.floats[column]});
    if (residual != nullptr) value += double{residual->floats[index]};
    result.floats[index] = round_to(x.dtype, value);
  }
  return result;
}

}  // namespace medbench::ir
