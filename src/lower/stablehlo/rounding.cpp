// Rounding of images and filters, in floating point: XLA has no fast product of bytes for convolutions.
#include "ir/quantization.hpp"
#include "lower/stablehlo/functions.hpp"

namespace medbench::lower {

Term fake_quantize(Writer& writer, const Term& x, const ir::FakeQuantize& op) {
  const ir::ActivationScale scale = ir::activation_scale(op.min, op.max, op.activation_max);
  const Term wide = writer.convert(x, DType::F32);
  const Term steps = writer.apply("round_nearest_even", {writer.apply("divide", wide, double{scale.scale})});
  const Term above = writer.apply("maximum", steps, -double(scale.zero_point));
  const Term integers = writer.apply("minimum", above, double(op.activation_max - scale.zero_point));
  return writer.convert(writer.apply("multiply", integers, double{scale.scale}), x.dtype);
}

Term rounded_filters(Writer& writer, const Term& weight, std::int32_t weight_max) {
  std::int64_t step = 1;
  for (std::size_t i = 1; i < weight.shape.size(); ++i) step *= weight.shape[i];
  const Term rows = writer.convert(writer.reshape(weight, {weight.shape[0], step}), DType::F32);
  const Term largest = writer.reduce_rows("maximum", 0, writer.apply("abs", {rows}));
  const Term scale = writer.apply("divide", largest, double(weight_max));
  const Term is_empty = writer.is_equal(scale, writer.constant(0, scale.shape));
  const Term used = writer.select(is_empty, writer.constant(1, scale.shape), scale);
  const Term spread = writer.spread_rows(used, rows.shape);
  const Term integers = writer.apply("round_nearest_even", {writer.divide(rows, spread)});
  return writer.convert(writer.reshape(writer.multiply(integers, spread), weight.shape), weight.dtype);
}

}  // namespace medbench::lower
