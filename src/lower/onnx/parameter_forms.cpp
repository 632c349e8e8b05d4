#include "lower/onnx/parameter_forms.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "ir/fp8.hpp"
#include "ir/quantization.hpp"
#include "kernels/int8_groups.hpp"

namespace medbench::lower {
namespace {

// Bytes that a parameter owns because the checkpoint has no such tensor.
ir::ParameterData own_data(HostTensor tensor) {
  const auto owner = std::make_shared<HostTensor>(std::move(tensor));
  return {owner->view(), owner};
}

// [rows, columns] -> [columns, rows], in blocks that stay in the cache.
void transpose(std::span<const std::byte> from, std::span<std::byte> to, std::size_t rows,
               std::size_t columns) {
  constexpr std::size_t kBlock = 32;
  for (std::size_t top = 0; top < rows; top += kBlock) {
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t row = top; row < std::min(rows, top + kBlock); ++row)
        to[column * rows + row] = from[row * columns + column];
    }
  }
}

}  // namespace

ir::ParameterData ParameterForms::read(const ir::Value& parameter) {
  return ir::read_parameter(weights_, parameter, parameter.dtype);
}

ir::ParameterData ParameterForms::multiplied(const ir::Value& parameter, double factor) {
  const ir::ParameterData data = read(parameter);
  std::vector<float> numbers = to_float(data.view);
  for (float& number : numbers) number = static_cast<float>(double{number} * factor);
  HostTensor result(parameter.dtype, data.view.shape);
  from_float(numbers, parameter.dtype, result.bytes());
  return own_data(std::move(result));
}

std::string ParameterForms::add(const ir::Value& parameter, std::string_view suffix, HostTensor tensor) {
  return constant(fmt::format("{}.{}", parameter.name, suffix), std::move(tensor));
}

std::string ParameterForms::constant(std::string_view wanted, HostTensor tensor) {
  const DType dtype = tensor.dtype();
  std::vector<std::int64_t> shape = tensor.shape();
  return model_.add_weight(wanted, dtype, std::move(shape), own_data(std::move(tensor)));
}

std::string ParameterForms::plain(ir::ValueId id) {
  return scaled(id, 1);
}

std::string ParameterForms::scaled(ir::ValueId id, double factor) {
  std::string& name = dense_[{id, factor}];
  if (!name.empty()) return name;
  const ir::Value& parameter = graph_.value(id);
  ir::ParameterData data = factor == 1 ? read(parameter) : multiplied(parameter, factor);
  const std::string wanted = factor == 1 ? parameter.name : parameter.name + ".scaled";
  return name = model_.add_weight(wanted, parameter.dtype, ir::bind(parameter.shape, {}), std::move(data));
}

IntegerMatrix ParameterForms::integers(ir::ValueId id, std::int32_t weight_max, Layout layout,
                                       double factor) {
  IntegerMatrix& result = integers_[{id, weight_max, layout, factor}];
  if (!result.integers.empty()) return result;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  ir::QuantizedWeight weight = ir::quantize_weight(data.view, weight_max);
  for (float& scale : weight.scales) scale = static_cast<float>(double{scale} * factor);
  const auto bytes = std::as_bytes(std::span(weight.integers));
  const bool is_turned = layout == Layout::InOut;
  HostTensor integers(DType::I8, is_turned ? std::vector{weight.in, weight.out} : data.view.shape);
  if (is_turned) {
    transpose(bytes, integers.bytes(), static_cast<std::size_t>(weight.out),
              static_cast<std::size_t>(weight.in));
  } else {
    std::memcpy(integers.bytes().data(), bytes.data(), bytes.size());
  }
  result.integers = add(parameter, "integers", std::move(integers));
  result.scales = add(parameter, "scales", HostTensor::from_f32({weight.out}, weight.scales));
  return result;
}

IntegerFilters ParameterForms::add_filters(const ir::Value& parameter, const ir::QuantizedWeight& rounded) {
  HostTensor integers(DType::I8, ir::bind(parameter.shape, {}));
  std::memcpy(integers.bytes().data(), rounded.integers.data(), rounded.integers.size());
  return {.integers = add(parameter, "integers", std::move(integers)),
          .scales = add(parameter, "scales", HostTensor::from_f32({rounded.out}, rounded.scales)),
          .bias = {},
          .bias_scales = {}};
}

IntegerFilters ParameterForms::filters(ir::ValueId weight, std::int32_t weight_max) {
  const ir::Value& parameter = graph_.value(weight);
  return add_filters(parameter, ir::quantize_filters(read(parameter).view, weight_max));
}

IntegerFilters ParameterForms::filters(ir::ValueId weight, std::int32_t weight_max, ir::ValueId bias,
                                       float unit) {
  constexpr double kLargest = 1 << 30;  // leaves room for the products
  const ir::Value& parameter = graph_.value(weight);
  const ir::ParameterData data = read(parameter);
  ir::QuantizedWeight rounded = ir::quantize_filters(data.view, weight_max);
  const std::vector<float> numbers = to_float(read(graph_.value(bias)).view);
  const std::vector<float> weights = to_float(data.view);
  std::vector<float> scales;
  HostTensor integers(DType::I32, {rounded.out});
  auto* target = reinterpret_cast<std::int32_t*>(integers.bytes().data());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto least = static_cast<float>(std::fabs(double{numbers[i]}) / (kLargest * double{unit}));
    if (rounded.scales[i] < least) {
      rounded.scales[i] = least;
      const auto step = static_cast<std::size_t>(rounded.in);
      for (std::size_t k = i * step; k < (i + 1) * step; ++k)
        rounded.integers[k] =
            static_cast<std::int8_t>(ir::quantize_weight_element(weights[k], least, weight_max));
    }
    const double scale = double{rounded.scales[i]} * double{unit};
    scales.push_back(static_cast<float>(scale));
    const double integer = std::nearbyint(double{numbers[i]} / scale);
    target[i] = std::isfinite(integer) ? static_cast<std::int32_t>(integer) : 0;
  }
  IntegerFilters result = add_filters(parameter, rounded);
  result.bias = add(graph_.value(bias), "integers", std::move(integers));
  result.bias_scales = add(graph_.value(bias), "scales", HostTensor::from_f32({rounded.out}, scales));
  return result;
}

Fp8Matrix ParameterForms::fp8(ir::ValueId id) {
  Fp8Matrix& result = fp8_[id];
  if (!result.numbers.empty()) return result;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  const std::vector<float> elements = to_float(data.view);
  const auto width = static_cast<std::size_t>(data.view.shape.at(1));
  HostTensor numbers(DType::U8, data.view.shape);
  std::vector<float> scales;
  for (std::size_t begin = 0; begin < elements.size(); begin += width) {
    const std::span<const float> row(elements.data() + begin, width);
    scales.push_back(ir::fp8_scale(row));
    for (std::size_t i = 0; i < width; ++i)
      numbers.bytes()[begin + i] = std::byte{ir::float_to_fp8(row[i] / scales.back())};
  }
  result.numbers =
      model_.add_fp8_weight(parameter.name + ".numbers", data.view.shape, own_data(std::move(numbers)));
  result.scales = add(parameter, "scales", HostTensor::from_f32({data.view.shape[0]}, scales));
  return result;
}

IntegerGroups ParameterForms::integer_groups(ir::ValueId id, std::int32_t weight_max, std::int64_t group,
                                             double factor) {
  IntegerGroups& result = integer_groups_[{id, weight_max, group, factor}];
  if (!result.integers.empty()) return result;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  const ir::QuantizedWeight weight = ir::quantize_weight(data.view, weight_max, group);
  result.is_divided = weight.in % group == 0;
  std::vector<std::int64_t> shape{weight.out, weight.in};
  std::vector<std::int64_t> scale_shape = shape;
  std::vector<float> scales;
  if (result.is_divided) {
    shape = {weight.out, weight.groups(), group};
    scale_shape = {weight.out, weight.groups(), 1};
    scales = weight.scales;
  } else {
    for (std::int64_t i = 0; i < weight.out * weight.in; ++i)
      scales.push_back(
          weight.scales[static_cast<std::size_t>(i / weight.in * weight.groups() + i % weight.in / group)]);
  }
  for (float& scale : scales) scale = static_cast<float>(double{scale} * factor);
  HostTensor integers(DType::I8, shape);
  std::memcpy(integers.bytes().data(), weight.integers.data(), weight.integers.size());
  result.integers = add(parameter, "integers", std::move(integers));
  result.scales = add(parameter, "scales", HostTensor::from_f32(scale_shape, scales));
  return result;
}

PackedMatrix ParameterForms::packed(ir::ValueId id, std::int32_t weight_max, std::int64_t group,
                                    double factor) {
  constexpr std::int64_t kBlockOfRows = 128;  // where all blocks of a row have one scale
  PackedMatrix& result = packed_[{id, weight_max, group, factor}];
  if (!result.integers.empty()) return result;
  const std::int64_t block = result.block = group == 0 ? kBlockOfRows : group;
  constexpr std::int32_t kLargestNibble = 7;
  result.bits = weight_max <= kLargestNibble ? 4 : 8;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  const ir::QuantizedWeight rows = ir::quantize_weight(data.view, weight_max, group);
  const std::int64_t out = rows.out;
  const std::int64_t in = rows.in;
  const std::int64_t blocks = (in + block - 1) / block;
  const std::int64_t row_bytes = blocks * block * result.bits / 8;
  HostTensor bytes(DType::U8, {out, blocks, block * result.bits / 8});
  HostTensor scales(DType::F32, {out * blocks});
  auto* target = reinterpret_cast<std::uint8_t*>(bytes.bytes().data());
  const int zero_point = 1 << (result.bits - 1);
  for (std::int64_t row = 0; row < out; ++row) {
    for (std::int64_t i = 0; i < blocks * block; ++i) {
      const int number =
          (i < in ? int{rows.integers[static_cast<std::size_t>(row * in + i)]} : 0) + zero_point;
      // Of two nibbles the lower one comes first.
      if (result.bits == 8) target[row * row_bytes + i] = static_cast<std::uint8_t>(number);
      if (result.bits == 4)
        target[row * row_bytes + i / 2] |= static_cast<std::uint8_t>(number << (i % 2 * 4));
    }
    for (std::int64_t b = 0; b < blocks; ++b) {
      const std::int64_t index = group == 0 ? row : row * blocks + b;
      scales.f32()[static_cast<std::size_t>(row * blocks + b)] =
          static_cast<float>(double{rows.scales[static_cast<std::size_t>(index)]} * factor);
    }
  }
  result.integers = add(parameter, "packed", std::move(bytes));
  result.scales = add(parameter, "packed.scales", std::move(scales));
  return result;
}

GroupedMatrix ParameterForms::grouped(ir::ValueId id, const ir::QuantizedLinear& op, double factor) {
  GroupedMatrix& result = grouped_[{id, op.weight_max, op.activation_max, op.group, op.int16_sums, factor}];
  if (!result.integers.empty()) return result;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  kernels::PackedGroups packed = kernels::pack_groups(ir::quantize_weight_of(op, data.view));
  for (float& number : packed.factors.f32()) number = static_cast<float>(double{number} * factor);
  result.integers = add(parameter, "groups", std::move(packed.integers));
  result.factors = add(parameter, "groups.factors", std::move(packed.factors));
  result.equalisers = add(parameter, "groups.equalisers", std::move(packed.equalisers));
  return result;
}

}  // namespace medbench::lower
