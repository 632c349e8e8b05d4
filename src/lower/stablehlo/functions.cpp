#include "lower/stablehlo/functions.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "base/error.hpp"
#include "ir/quantization.hpp"

namespace medbench::lower {
namespace {

constexpr double kLowest = std::numeric_limits<float>::lowest();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// c[0] x^(n-1) + ... + c[n-1], by Horner's rule.
Term polynomial(Writer& writer, const Term& x, std::span<const double> coefficients) {
  Term sum = writer.constant(coefficients.front(), x.shape);
  for (const double coefficient : coefficients.subspan(1)) {
    sum = writer.add(writer.multiply(sum, x), writer.constant(coefficient, x.shape));
  }
  return sum;
}

// erf in F32 as x P(x^2) / Q(x^2), the rational minimax approximation of Eigen and XLA; beyond the clamp erf
// is 1 to half a unit in the last place. Its error is below 1e-6.
Term erf(Writer& writer, const Term& x) {
  constexpr double kLargest = 3.7439211627767994;
  constexpr std::array kNumerator{0.00022905065861350646, 0.0034082910107109506, 0.050955695062380861,
                                  0.18520832239976145, 1.128379143519084};
  constexpr std::array kDenominator{-1.1791602954361697e-7,
                                    0.000023547966471313185,
                                    0.0010179625278914885,
                                    0.014070470171167667,
                                    0.11098505178285362,
                                    0.49746925110067538,
                                    1.0};
  const Term clamped = writer.apply("minimum", writer.apply("maximum", x, -kLargest), kLargest);
  const Term square = writer.multiply(clamped, clamped);
  const Term numerator = writer.multiply(clamped, polynomial(writer, square, kNumerator));
  const Term inside = writer.divide(numerator, polynomial(writer, square, kDenominator));
  return writer.select(writer.is_equal(clamped, x), inside, writer.apply("sign", {x}));
}

Term activate_f32(Writer& writer, const Term& x, ir::Activation activation, double slope) {
  switch (activation) {
    case ir::Activation::None:
      return x;
    case ir::Activation::GeluErf: {
      const Term sum = writer.apply("add", erf(writer, writer.apply("multiply", x, std::sqrt(0.5))), 1);
      return writer.multiply(writer.apply("multiply", x, 0.5), sum);
    }
    case ir::Activation::GeluTanh: {
      const Term cubic = writer.apply("multiply", writer.multiply(writer.multiply(x, x), x), 0.044715);
      const Term inner = writer.apply("multiply", writer.add(x, cubic), std::sqrt(2 / std::numbers::pi));
      const Term sum = writer.apply("add", writer.apply("tanh", {inner}), 1);
      return writer.multiply(writer.apply("multiply", x, 0.5), sum);
    }
    case ir::Activation::Relu:
      return writer.apply("maximum", x, 0);
    case ir::Activation::Tanh:
      return writer.apply("tanh", {x});
    case ir::Activation::Silu:
      return writer.multiply(x, writer.apply("logistic", {x}));
    case ir::Activation::Sigmoid:
      return writer.apply("logistic", {x});
    case ir::Activation::LeakyRelu:
      return writer.add(writer.apply("maximum", x, 0),
                        writer.apply("multiply", writer.apply("minimum", x, 0), slope));
  }
  throw internal_error("unknown activation");
}

// Exponentials of a row over their sum; -inf has weight 0, also where a whole row is -inf.
Term normalised_exponentials(Writer& writer, const Term& scores) {
  // A compiler may drop the initial value of a reduction; the bound for rows of nothing but -inf must stay.
  const Term largest = writer.apply("maximum", writer.reduce_rows("maximum", -kInfinity, scores), kLowest);
  const Term exponentials =
      writer.apply("exponential", {writer.subtract(scores, writer.spread_rows(largest, scores.shape))});
  // The largest score has exponential 1, so that this bound too matters only to such a row.
  const Term sum =
      writer.apply("maximum", writer.reduce_rows("add", 0, exponentials), std::numeric_limits<float>::min());
  return writer.divide(exponentials, writer.spread_rows(sum, scores.shape));
}

// How x is rounded: real = (integer - zero_point) * scale, all in F32 of x's shape.
struct Scale {
  Term scale;
  Term zero_point;
};

// From the range of the values; both of one shape.
Scale scale_between(Writer& writer, const Term& low, const Term& high, double activation_max) {
  Term scale = writer.apply("divide", writer.subtract(high, low), activation_max);
  const Term zero = writer.constant(0, scale.shape);
  scale = writer.select(writer.is_equal(scale, zero), writer.constant(1, scale.shape), scale);
  const Term zero_point =
      writer.apply("round_nearest_even", {writer.divide(writer.apply("negate", {low}), scale)});
  return {scale, zero_point};
}

Scale dynamic_scale(Writer& writer, const Term& x, double activation_max) {
  Sizes dims;
  for (std::size_t i = 0; i < x.shape.size(); ++i) dims.push_back(static_cast<std::int64_t>(i));
  const Term low = writer.reduce("minimum", 0, x, dims);
  return scale_between(writer, low, writer.reduce("maximum", 0, x, dims), activation_max);
}

// Both operands of an integer product are I8: what goes up to 255 is shifted by 128, and so is the zero
// point.
double shift_of(const ir::QuantizedLinear& op) {
  return op.activation_max > ir::kLargestWeight ? ir::kLargestWeight + 1 : 0;
}

// x as integers, less the shift; scale and zero point have x's shape.
template <class Spread>
Term rounded(Writer& writer, const Term& x, const Scale& scale, const Spread& spread,
             const ir::QuantizedLinear& op) {
  const Term steps = writer.apply("round_nearest_even", {writer.divide(x, spread(scale.scale))});
  const Term offset = writer.add(steps, spread(scale.zero_point));
  const Term clamped =
      writer.apply("minimum", writer.apply("maximum", offset, 0), static_cast<double>(op.activation_max));
  return writer.convert(writer.apply("subtract", clamped, shift_of(op)), DType::I8);
}

Scale scale_of(Writer& writer, const Term& x, const ir::QuantizedLinear& op) {
  if (op.input == ir::ActivationQuantization::Dynamic) return dynamic_scale(writer, x, op.activation_max);
  const ir::ActivationScale fixed = ir::activation_scale(op.input_min, op.input_max, op.activation_max);
  return {writer.constant(double{fixed.scale}, {}), writer.constant(fixed.zero_point, {})};
}

// A row [out] spread over [..., out].
Term columns(Writer& writer, const Term& row, const Term& like) {
  return writer.broadcast(row, like.shape);
}

}  // namespace

Term activate(Writer& writer, const Term& x, ir::Activation activation, double slope) {
  if (activation == ir::Activation::None) return x;
  return writer.convert(activate_f32(writer, writer.convert(x, DType::F32), activation, slope), x.dtype);
}

Term softmax(Writer& writer, const Term& x) {
  return writer.convert(normalised_exponentials(writer, writer.convert(x, DType::F32)), x.dtype);
}

Term layer_norm(Writer& writer, const Term& x, const Term& weight, const Term& bias, double epsilon) {
  const Term wide = writer.convert(x, DType::F32);
  const auto width = static_cast<double>(x.shape.back());
  const auto mean_of_rows = [&](const Term& rows) {
    return writer.apply("multiply", writer.reduce_rows("add", 0, rows), 1 / width);
  };
  const Term centred = writer.subtract(wide, writer.spread_rows(mean_of_rows(wide), wide.shape));
  const Term variance = mean_of_rows(writer.multiply(centred, centred));
  const Term scale =
      writer.spread_rows(writer.apply("rsqrt", {writer.apply("add", variance, epsilon)}), wide.shape);
  const Term normalised = writer.multiply(centred, scale);
  const Term scaled = writer.multiply(normalised, columns(writer, writer.convert(weight, DType::F32), wide));
  return writer.convert(writer.add(scaled, columns(writer, writer.convert(bias, DType::F32), wide)), x.dtype);
}

Term attention(Writer& writer, const Term& q, const Term& k, const Term& v, const Term& mask,
               std::int64_t heads) {
  const std::int64_t depth = q.shape[2] / heads;
  const auto split = [&](const Term& x) { return writer.reshape(x, {x.shape[0], x.shape[1], heads, depth}); };
  // [batch, heads, queries, keys]
  const Term scores = writer.dot(split(q), split(k), {{0, 2}, {0, 2}, {3}, {3}}, DType::F32);
  const Term scaled = writer.apply("multiply", scores, 1 / std::sqrt(static_cast<double>(depth)));
  const Term visible = writer.broadcast(writer.is_not_zero(mask), {0, 3}, scores.shape);
  const Term hidden = writer.constant(-kInfinity, scores.shape);
  const Term weights = normalised_exponentials(writer, writer.select(visible, scaled, hidden));
  const Term mixed =
      writer.dot(writer.convert(weights, v.dtype), split(v), {{0, 1}, {0, 2}, {3}, {1}}, v.dtype);
  return writer.reshape(writer.transpose(mixed, {0, 2, 1, 3}), q.shape);
}

Term product(Writer& writer, const Term& x, const Term& weight, DType result) {
  return writer.dot(x, weight, {{}, {}, {static_cast<std::int64_t>(x.shape.size()) - 1}, {1}}, result);
}

namespace {

// [out, in] of the type of x
Term dequantized_groups(Writer& writer, const QuantizedWeight& weight, DType dtype) {
  const Term numbers = writer.convert(weight.ints, DType::F32);
  const Sizes& shape = numbers.shape;
  const Term scaled = writer.multiply(numbers, writer.spread_rows(weight.scales, shape));
  return writer.convert(writer.reshape(scaled, {shape[0], shape[1] * shape[2]}), dtype);
}

// One product of integers for each group, as a batch; then their sum.
Term grouped_product(Writer& writer, const Term& x, const QuantizedWeight& weight,
                     const ir::QuantizedLinear& op) {
  const Term wide = writer.convert(x, DType::F32);
  const Term equal = writer.multiply(wide, writer.broadcast(weight.equalisers, wide.shape));
  Sizes shape = x.shape;
  shape.back() = weight.ints.shape[1];
  shape.push_back(weight.ints.shape[2]);
  const Term groups = writer.reshape(equal, shape);  // [..., groups, group]
  const Term low = writer.apply("minimum", writer.reduce_rows("minimum", kInfinity, groups), 0);
  const Term high = writer.apply("maximum", writer.reduce_rows("maximum", -kInfinity, groups), 0);
  const Scale scale = scale_between(writer, low, high, op.activation_max);
  const auto spread = [&](const Term& term) { return writer.spread_rows(term, shape); };
  const Term ints = rounded(writer, groups, scale, spread, op);

  const auto rank = static_cast<std::int64_t>(shape.size());
  const Term sums =  // [groups, ..., out]
      writer.dot(ints, weight.ints, {{rank - 2}, {1}, {rank - 1}, {2}}, DType::I32);
  Sizes groups_first{rank - 2};
  Sizes leading;  // dimensions of sums but the last
  for (std::int64_t i = 0; i < rank - 1; ++i) {
    leading.push_back(i);
    if (i != rank - 2) groups_first.push_back(i);
  }
  const auto of_rows = [&](const Term& term) {
    return writer.broadcast(writer.transpose(term, groups_first), leading, sums.shape);
  };
  const auto of_columns = [&](const Term& term) {
    return writer.broadcast(writer.transpose(term, {1, 0}), {0, rank - 1}, sums.shape);
  };
  const Term shifted = writer.convert(writer.apply("subtract", scale.zero_point, shift_of(op)), DType::I32);
  const Term correction = writer.multiply(of_rows(shifted), of_columns(weight.sums));
  const Term exact = writer.convert(writer.subtract(sums, correction), DType::F32);
  const Term scaled =
      writer.multiply(exact, writer.multiply(of_rows(scale.scale), of_columns(weight.scales)));
  return writer.reduce("add", 0, scaled, {0});
}

}  // namespace

Term quantized_product(Writer& writer, const Term& x, const QuantizedWeight& weight,
                       const ir::QuantizedLinear& op) {
  if (op.group != 0 && op.input == ir::ActivationQuantization::None)
    return product(writer, x, dequantized_groups(writer, weight, x.dtype), DType::F32);
  if (op.group != 0) return grouped_product(writer, x, weight, op);
  if (op.input == ir::ActivationQuantization::None) {
    // Small integers are exact in every floating-point type.
    const Term sums = product(writer, x, writer.convert(weight.ints, x.dtype), DType::F32);
    return writer.multiply(sums, columns(writer, weight.scales, sums));
  }
  const Term wide = writer.convert(x, DType::F32);
  const Scale scale = scale_of(writer, wide, op);
  const auto spread = [&](const Term& term) { return writer.broadcast(term, wide.shape); };
  const Term ints = rounded(writer, wide, scale, spread, op);
  const Term sums = product(writer, ints, weight.ints, DType::I32);
  const Term zero_point =
      writer.convert(writer.apply("subtract", scale.zero_point, shift_of(op)), DType::I32);
  const Term correction = writer.multiply(weight.sums, writer.broadcast(zero_point, weight.sums.shape));
  const Term exact = writer.convert(writer.subtract(sums, columns(writer, correction, sums)), DType::F32);
  const Term unit = writer.multiply(weight.scales, writer.broadcast(scale.scale, weight.scales.shape));
  return writer.multiply(exact, columns(writer, unit, exact));
}

}  // namespace medbench::lower
