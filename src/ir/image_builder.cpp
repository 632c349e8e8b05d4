// The builder's methods for operations on images.
#include <utility>

#include "base/error.hpp"
#include "ir/builder.hpp"
#include "ir/shape_inference.hpp"

namespace medbench::ir {
namespace {

constexpr std::size_t kSpatial = 2;  // first axis of the spatial ones

std::size_t spatial_rank(const Shape& shape) {
  return shape.size() < kSpatial ? 0 : shape.size() - kSpatial;
}

void fill(PerDimension& numbers, const Shape& shape, std::int64_t number) {
  if (numbers.empty()) numbers.assign(spatial_rank(shape), number);
}

template <class Op>
std::vector<ValueId> complete(Op& op, const Shape& shape, ValueId x, ValueId weight,
                              std::optional<ValueId> bias) {
  fill(op.stride, shape, 1);
  fill(op.padding, shape, 0);
  fill(op.dilation, shape, 1);
  op.bias = bias.has_value();
  std::vector<ValueId> inputs{x, weight};
  if (bias) inputs.push_back(*bias);
  return inputs;
}

}  // namespace

ValueId GraphBuilder::convolution(ValueId x, ValueId weight, std::optional<ValueId> bias, Convolution op,
                                  std::string name) {
  std::vector<ValueId> inputs = complete(op, shape(x), x, weight, bias);
  return apply(std::move(op), std::move(inputs), std::move(name));
}

ValueId GraphBuilder::quantized_convolution(ValueId x, ValueId weight, std::optional<ValueId> bias,
                                            QuantizedConvolution op, std::string name) {
  std::vector<ValueId> inputs = complete(op.window, shape(x), x, weight, bias);
  return apply(std::move(op), std::move(inputs), std::move(name));
}

ValueId GraphBuilder::transposed_convolution(ValueId x, ValueId weight, std::optional<ValueId> bias,
                                             TransposedConvolution op, std::string name) {
  std::vector<ValueId> inputs = complete(op, shape(x), x, weight, bias);
  fill(op.output_padding, shape(x), 0);
  return apply(std::move(op), std::move(inputs), std::move(name));
}

ValueId GraphBuilder::pool(ValueId x, Pool op, std::string name) {
  if (op.stride.empty()) op.stride = op.kernel;
  fill(op.padding, shape(x), 0);
  return apply(std::move(op), {x}, std::move(name));
}

ValueId GraphBuilder::adaptive_average_pool(ValueId x, PerDimension sizes, std::string name) {
  return apply(AdaptiveAveragePool{std::move(sizes)}, {x}, std::move(name));
}

ValueId GraphBuilder::global_average_pool(ValueId x, std::string name) {
  return adaptive_average_pool(x, PerDimension(spatial_rank(shape(x)), 1), std::move(name));
}

ValueId GraphBuilder::batch_norm(ValueId x, ValueId scale, ValueId shift, ValueId mean, ValueId variance,
                                 double epsilon, std::string name) {
  return apply(BatchNorm{epsilon}, {x, scale, shift, mean, variance}, std::move(name));
}

ValueId GraphBuilder::instance_norm(ValueId x, double epsilon, std::string name) {
  return apply(InstanceNorm{epsilon, false}, {x}, std::move(name));
}

ValueId GraphBuilder::instance_norm(ValueId x, ValueId scale, ValueId shift, double epsilon,
                                    std::string name) {
  return apply(InstanceNorm{epsilon, true}, {x, scale, shift}, std::move(name));
}

ValueId GraphBuilder::concatenate(std::vector<ValueId> inputs, int axis, std::string name) {
  return apply(Concatenate{axis}, std::move(inputs), std::move(name));
}

ValueId GraphBuilder::upsample(ValueId x, Interpolation interpolation, PerDimension scale, std::string name) {
  return apply(Upsample{interpolation, std::move(scale)}, {x}, std::move(name));
}

ValueId GraphBuilder::pad(ValueId x, PerDimension begin, PerDimension end, double value, std::string name) {
  return apply(Pad{std::move(begin), std::move(end), value}, {x}, std::move(name));
}

ValueId GraphBuilder::flatten(ValueId x, std::size_t axis, std::string name) {
  const Shape& whole = shape(x);
  if (axis > whole.size()) {
    throw internal_error("cannot flatten '{}' {} from axis {} on", graph_.value(x).name, to_string(whole),
                         axis);
  }
  const auto from = whole.begin() + static_cast<std::ptrdiff_t>(axis);
  const auto size = dim_product({from, whole.end()});
  if (!size || !size->is_static()) {
    throw internal_error("cannot flatten '{}' {} from axis {} on: expects numbers", graph_.value(x).name,
                         to_string(whole), axis);
  }
  Shape flat(whole.begin(), from);
  flat.push_back(*size);
  return reshape(x, std::move(flat), std::move(name));
}

}  // namespace medbench::ir
