// QuantizedLinear: the oracle holds its integers in int32 and sums their products in int64, which is exact.
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "base/tensor.hpp"
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

// What product(row, column) is without groups.
std::vector<double> whole_products(const OracleTensor& x, const OracleTensor& weight,
                                   const QuantizedLinear& op, std::size_t out) {
  const auto in = static_cast<std::size_t>(weight.shape[1]);
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
  std::vector<double> products(x.floats.size() / in * out);
  for (std::size_t i = 0; i < products.size(); ++i) products[i] = product(i / out, i % out);
  return products;
}

// x rounded by the range of each group of each row, as the numbers that the integers stand for. A group that
// is not finite becomes NaN.
std::vector<double> rounded_groups(const OracleTensor& x, std::span<const float> equalisers,
                                   const QuantizedLinear& op) {
  const std::size_t in = equalisers.size();
  const auto group = static_cast<std::size_t>(op.group);
  std::vector<double> numbers(x.floats.size());
  for (std::size_t row = 0; row < numbers.size(); row += in) {
    for (std::size_t begin = 0; begin < in; begin += group) {
      const std::size_t end = std::min(in, begin + group);
      OracleTensor features = make_oracle_tensor(DType::F32, {static_cast<std::int64_t>(end - begin)});
      for (std::size_t i = begin; i < end; ++i)
        features.floats[i - begin] = x.floats[row + i] * equalisers[i];
      const ActivationScale scale = scale_of(features, op);
      for (std::size_t i = begin; i < end; ++i) {
        const float number = features.floats[i - begin];
        const double unit = double{scale.scale};
        numbers[row + i] = std::isfinite(scale.scale)
                               ? unit * (quantize_activation_element(number, scale) - scale.zero_point)
                               : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
  return numbers;
}

std::vector<double> grouped_products(const OracleTensor& x, const OracleTensor& weight,
                                     const QuantizedLinear& op, std::size_t out) {
  const auto in = static_cast<std::size_t>(weight.shape[1]);
  const TensorView view{.dtype = DType::F32,
                        .shape = weight.shape,
                        .data = std::as_bytes(std::span<const float>(weight.floats))};
  const bool rounds_x = op.input != ActivationQuantization::None;
  const QuantizedWeight rounded = quantize_weight_of(op, view);
  const std::vector<float> weights = dequantized(rounded);
  std::vector<double> numbers(x.floats.begin(), x.floats.end());
  if (rounds_x) numbers = rounded_groups(x, rounded.equalisers, op);
  std::vector<double> products(numbers.size() / in * out);
  for (std::size_t i = 0; i < products.size(); ++i) {
    for (std::size_t k = 0; k < in; ++k)
      products[i] += numbers[i / out * in + k] * double{weights[i % out * in + k]};
  }
  return products;
}

}  // namespace

OracleTensor quantized_linear(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& bias,
                              const OracleTensor* residual, const QuantizedLinear& op) {
  const std::size_t out = bias.floats.size();
  std::vector<std::int64_t> shape = x.shape;
  shape.back() = bias.shape.front();
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));
  const std::vector<double> products =
      op.group == 0 ? whole_products(x, weight, op, out) : grouped_products(x, weight, op, out);
  for (std::size_t index = 0; index < result.floats.size(); ++index) {
    double value = apply_activation(op.activation, products[index] + double{bias.floats[index % out]});
    if (residual != nullptr) value += double{residual->floats[index]};
    result.floats[index] = round_to(x.dtype, value);
  }
  return result;
}

}  // namespace medbench::ir
