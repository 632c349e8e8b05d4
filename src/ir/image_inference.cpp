#include "ir/image_inference.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/ranges.h>

#include "ir/quantization.hpp"

namespace medbench::ir {
namespace {

// Limits that keep the arithmetic on sizes within 63 bits.
constexpr std::int64_t kLargestAttribute = std::int64_t{1} << 20U;
constexpr std::int64_t kLargestSize = std::int64_t{1} << 40U;

constexpr std::size_t kChannels = 1;  // axis
constexpr std::size_t kSpatial = 2;   // first axis of the spatial ones

// How many spatial dimensions input 0 has, which must be an image.
std::size_t expect_image_shape(const Operands& operands) {
  const Shape& x = operands.shape(0);
  const bool is_bound = !x.empty() && std::all_of(x.begin() + 1, x.end(), [](const Dim& dim) {
    return dim.is_static() && dim.factor <= kLargestSize;
  });
  if ((x.size() != 4 && x.size() != 5) || !is_bound) {
    operands.fail(
        "expects '{}' to be [batch, channels, (depth,) height, width] with numbers but for batch, "
        "found {}",
        operands.name(0), to_string(x));
  }
  return x.size() - kSpatial;
}

// The same, with all inputs of one floating-point type.
std::size_t expect_image(const Operands& operands) {
  operands.expect_floats(0, operands.count() - 1);
  return expect_image_shape(operands);
}

void expect_numbers(const Operands& operands, std::string_view name, const PerDimension& numbers,
                    std::size_t count, std::int64_t least) {
  const bool fits = numbers.size() == count && std::all_of(numbers.begin(), numbers.end(), [&](auto number) {
                      return number >= least && number <= kLargestAttribute;
                    });
  if (!fits) {
    operands.fail("expects {} of {} numbers in [{}, {}], found [{}]", name, count, least, kLargestAttribute,
                  fmt::join(numbers, ", "));
  }
}

// The kernel of a convolution's weight, with the attributes that both kinds have checked on the way.
// `outside` and `inside`: what the weight's first two dimensions hold.
template <class Op>
PerDimension kernel_of(const Operands& operands, const Op& op, std::string_view expected) {
  const std::size_t spatial = expect_image(operands);
  expect_numbers(operands, "stride", op.stride, spatial, 1);
  expect_numbers(operands, "padding", op.padding, spatial, 0);
  expect_numbers(operands, "dilation", op.dilation, spatial, 1);
  const Shape& weight = operands.shape(1);
  const bool is_static =
      std::all_of(weight.begin(), weight.end(), [](const Dim& dim) { return dim.is_static(); });
  if (weight.size() != operands.shape(0).size() || !is_static) {
    operands.fail("expects '{}' to be {}, found {}", operands.name(1), expected, to_string(weight));
  }
  PerDimension kernel;
  for (std::size_t i = kSpatial; i < weight.size(); ++i) kernel.push_back(weight[i].factor);
  expect_numbers(operands, "a kernel", kernel, spatial, 1);
  return kernel;
}

void expect_groups(const Operands& operands, std::int64_t groups, std::string_view what,
                   std::int64_t channels) {
  if (groups >= 1 && channels % groups == 0) return;
  operands.fail("expects groups that divide its {} {} channels, found {}", channels, what, groups);
}

// Where a window may stand: (size + 2 padding - reach) / stride + 1.
Dim windows(const Operands& operands, std::size_t axis, std::int64_t reach, std::int64_t stride,
            std::int64_t padding) {
  const Dim& size = operands.shape(0)[axis];
  const std::int64_t room = size.factor + 2 * padding - reach;
  if (room < 0) {
    operands.fail("leaves nothing of axis {} of {}: its window reaches over {}, with a padding of {}", axis,
                  to_string(operands.shape(0)), reach, padding);
  }
  return room / stride + 1;
}

void expect_channels(const Operands& operands, std::size_t first) {
  for (std::size_t i = first; i < operands.count(); ++i)
    operands.expect_shape(i, {operands.shape(0)[kChannels]});
}

}  // namespace

ValueType infer_image(const Operands& operands, const Convolution& op) {
  const PerDimension kernel = kernel_of(operands, op, "[out, in/groups, kernel...]");
  Shape result = operands.shape(0);
  const Shape& weight = operands.shape(1);
  expect_groups(operands, op.groups, "input", result[kChannels].factor);
  expect_groups(operands, op.groups, "output", weight[0].factor);
  Shape expected = weight;
  expected[1] = result[kChannels].factor / op.groups;
  operands.expect_shape(1, expected);
  if (op.bias) operands.expect_shape(2, {weight[0]});
  result[kChannels] = weight[0];
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const std::int64_t reach = op.dilation[i] * (kernel[i] - 1) + 1;
    result[kSpatial + i] = windows(operands, kSpatial + i, reach, op.stride[i], op.padding[i]);
  }
  return {operands.dtype(0), std::move(result)};
}

ValueType infer_image(const Operands& operands, const QuantizedConvolution& op) {
  operands.expect_limit("weight_max", op.weight_max, kLargestWeight);
  return infer_image(operands, op.window);
}

ValueType infer_image(const Operands& operands, const TransposedConvolution& op) {
  const PerDimension kernel = kernel_of(operands, op, "[in, out/groups, kernel...]");
  expect_numbers(operands, "output_padding", op.output_padding, kernel.size(), 0);
  Shape result = operands.shape(0);
  const Shape& weight = operands.shape(1);
  expect_groups(operands, op.groups, "input", result[kChannels].factor);
  Shape expected = weight;
  expected[0] = result[kChannels];
  operands.expect_shape(1, expected);
  const auto out = product(weight[1], op.groups);
  if (!out) operands.fail("has too many channels: {} times {}", to_string(weight[1]), op.groups);
  if (op.bias) operands.expect_shape(2, {*out});
  result[kChannels] = *out;
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    if (op.output_padding[i] >= std::max(op.stride[i], op.dilation[i])) {
      operands.fail("expects an output_padding below a stride of {} or a dilation of {}, found {}",
                    op.stride[i], op.dilation[i], op.output_padding[i]);
    }
    const std::int64_t size = (result[kSpatial + i].factor - 1) * op.stride[i] - 2 * op.padding[i] +
                              op.dilation[i] * (kernel[i] - 1) + 1 + op.output_padding[i];
    if (size < 1) operands.fail("leaves nothing of axis {}: a padding of {}", kSpatial + i, op.padding[i]);
    result[kSpatial + i] = size;
  }
  return {operands.dtype(0), std::move(result)};
}

ValueType infer_image(const Operands& operands, const Pool& op) {
  const std::size_t spatial = expect_image(operands);
  expect_numbers(operands, "a kernel", op.kernel, spatial, 1);
  expect_numbers(operands, "stride", op.stride, spatial, 1);
  expect_numbers(operands, "padding", op.padding, spatial, 0);
  Shape result = operands.shape(0);
  for (std::size_t i = 0; i < spatial; ++i) {
    if (op.padding[i] > op.kernel[i] / 2) {
      operands.fail("expects a padding of at most half its kernel of {}, found {}", op.kernel[i],
                    op.padding[i]);
    }
    result[kSpatial + i] = windows(operands, kSpatial + i, op.kernel[i], op.stride[i], op.padding[i]);
  }
  return {operands.dtype(0), std::move(result)};
}

ValueType infer_image(const Operands& operands, const AdaptiveAveragePool& op) {
  expect_numbers(operands, "sizes", op.sizes, expect_image(operands), 1);
  Shape result = operands.shape(0);
  std::copy(op.sizes.begin(), op.sizes.end(), result.begin() + kSpatial);
  return {operands.dtype(0), std::move(result)};
}

ValueType infer_image(const Operands& operands, const BatchNorm& op) {
  operands.expect_norm_parameters();
  expect_image_shape(operands);
  expect_channels(operands, 1);
  operands.expect_epsilon(op.epsilon);
  return {operands.dtype(0), operands.shape(0)};
}

ValueType infer_image(const Operands& operands, const InstanceNorm& op) {
  operands.expect_norm_parameters();
  expect_image_shape(operands);
  expect_channels(operands, 1);
  operands.expect_epsilon(op.epsilon);
  return {operands.dtype(0), operands.shape(0)};
}

ValueType infer_image(const Operands& operands, const Concatenate& op) {
  operands.expect_floats(0, operands.count() - 1);
  Shape result = operands.shape(0);
  const auto axis = static_cast<std::size_t>(op.axis);
  if (op.axis < 0 || axis >= result.size()) {
    operands.fail("expects an axis of {}, found {}", to_string(result), op.axis);
  }
  std::int64_t total = 0;
  for (std::size_t i = 0; i < operands.count(); ++i) {
    Shape expected = operands.shape(0);
    if (operands.shape(i).size() == expected.size()) expected[axis] = operands.shape(i)[axis];
    operands.expect_shape(i, expected);
    if (!expected[axis].is_static()) {
      operands.fail("expects numbers along axis {}, found {}", op.axis, to_string(expected));
    }
    if (__builtin_add_overflow(total, expected[axis].factor, &total))
      operands.fail("makes axis {} too large", op.axis);
  }
  result[axis] = total;
  return {operands.dtype(0), std::move(result)};
}

ValueType infer_image(const Operands& operands, const Upsample& op) {
  expect_numbers(operands, "scale", op.scale, expect_image(operands), 1);
  Shape result = operands.shape(0);
  for (std::size_t i = 0; i < op.scale.size(); ++i) result[kSpatial + i].factor *= op.scale[i];
  return {operands.dtype(0), std::move(result)};
}

ValueType infer_image(const Operands& operands, const Pad& op) {
  operands.expect_floats(0, 0);
  Shape result = operands.shape(0);
  expect_numbers(operands, "begin", op.begin, result.size(), 0);
  expect_numbers(operands, "end", op.end, result.size(), 0);
  if (std::isnan(op.value)) operands.fail("expects a value that is a number");
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::int64_t more = op.begin[i] + op.end[i];
    if (more == 0) continue;
    if (!result[i].is_static() || result[i].factor > kLargestSize) {
      operands.fail("expects a number where it pads, found axis {} of {}", i, to_string(operands.shape(0)));
    }
    result[i] = result[i] + more;
  }
  return {operands.dtype(0), std::move(result)};
}

}  // namespace medbench::ir
