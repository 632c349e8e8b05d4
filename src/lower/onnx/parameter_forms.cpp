#include "lower/onnx/parameter_forms.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "ir/quantization.hpp"

namespace medbench::lower {
namespace {

// Bytes that a parameter owns because the checkpoint has no such tensor.
ir::ParameterData own_data(HostTensor tensor) {
  const auto owner = std::make_shared<HostTensor>(std::move(tensor));
  return {owner->view(), owner};
}

void store(std::span<const float> numbers, std::span<std::byte> to, DType dtype) {
  if (dtype == DType::F32) {
    std::memcpy(to.data(), numbers.data(), to.size());
    return;
  }
  if (dtype != DType::F16 && dtype != DType::BF16)
    throw internal_error("no weight can be {}", to_string(dtype));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::uint16_t bits = dtype == DType::F16 ? float_to_f16(numbers[i]) : float_to_bf16(numbers[i]);
    std::memcpy(to.data() + i * sizeof(bits), &bits, sizeof(bits));
  }
}

void convert(const TensorView& from, std::span<std::byte> to, DType dtype) {
  if (from.dtype == dtype) {
    std::memcpy(to.data(), from.data.data(), from.data.size());
  } else {
    store(to_float(from), to, dtype);
  }
}

// [rows, columns] -> [columns, rows], in blocks that stay in the cache.
void transpose(std::span<const std::byte> from, std::span<std::byte> to, std::size_t rows,
               std::size_t columns, std::size_t width) {
  constexpr std::size_t kBlock = 32;
  for (std::size_t top = 0; top < rows; top += kBlock) {
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t row = top; row < std::min(rows, top + kBlock); ++row) {
        std::memcpy(to.data() + (column * rows + row) * width, from.data() + (row * columns + column) * width,
                    width);
      }
    }
  }
}

struct QuantizedRows {
  HostTensor integers;  // I8 [out, in]
  std::vector<float> scales;
};

QuantizedRows quantize_rows(const TensorView& weight, std::int32_t weight_max) {
  const std::vector<float> numbers = to_float(weight);
  const auto in = static_cast<std::size_t>(weight.shape.at(1));
  QuantizedRows rows{HostTensor(DType::I8, weight.shape), {}};
  auto* integers = reinterpret_cast<std::int8_t*>(rows.integers.bytes().data());
  for (std::size_t begin = 0; begin < numbers.size(); begin += in) {
    const std::span<const float> row{numbers.data() + begin, in};
    const float scale = ir::weight_scale(row, weight_max);
    rows.scales.push_back(scale);
    for (std::size_t i = 0; i < in; ++i) {
      integers[begin + i] = static_cast<std::int8_t>(ir::quantize_weight_element(row[i], scale, weight_max));
    }
  }
  return rows;
}

}  // namespace

ir::ParameterData ParameterForms::read(const ir::Value& parameter) {
  const std::vector<std::int64_t> shape = ir::bind(parameter.shape, {});
  const auto wanted = static_cast<std::size_t>(element_count(shape));
  if (parameter.parts.size() == 1) {
    ir::ParameterData data = weights_.read(parameter.parts.front());
    const bool fits = static_cast<std::size_t>(element_count(data.view.shape)) == wanted;
    data.view.shape = shape;
    if (fits && data.view.dtype == parameter.dtype) return data;
  }
  HostTensor whole(parameter.dtype, shape);
  const std::size_t width = size_of(parameter.dtype);
  std::size_t filled = 0;
  for (const std::string& part : parameter.parts) {
    const ir::ParameterData data = weights_.read(part);
    const auto count = static_cast<std::size_t>(element_count(data.view.shape));
    if (count > wanted - filled) {
      throw usage_error("the weights of '{}' have more elements than a tensor {}", parameter.name,
                        shape_to_string(shape));
    }
    convert(data.view, whole.bytes().subspan(filled * width, count * width), parameter.dtype);
    filled += count;
  }
  if (filled != wanted) {
    throw usage_error("the weights of '{}' have {} elements, which do not make a tensor {}", parameter.name,
                      filled, shape_to_string(shape));
  }
  return own_data(std::move(whole));
}

ir::ParameterData ParameterForms::multiplied(const ir::Value& parameter, double factor) {
  const ir::ParameterData data = read(parameter);
  std::vector<float> numbers = to_float(data.view);
  for (float& number : numbers) number = static_cast<float>(double{number} * factor);
  HostTensor result(parameter.dtype, data.view.shape);
  store(numbers, result.bytes(), parameter.dtype);
  return own_data(std::move(result));
}

std::string ParameterForms::add(const ir::Value& parameter, std::string_view suffix, HostTensor tensor) {
  const DType dtype = tensor.dtype();
  std::vector<std::int64_t> shape = tensor.shape();
  return model_.add_weight(parameter.name + "." + std::string{suffix}, dtype, std::move(shape),
                           own_data(std::move(tensor)));
}

std::string ParameterForms::plain(ir::ValueId id) {
  return scaled(id, 1);
}

std::string ParameterForms::scaled(ir::ValueId id, double factor) {
  std::string& name = dense_[{id, Layout::OutIn, factor}];
  if (!name.empty()) return name;
  const ir::Value& parameter = graph_.value(id);
  ir::ParameterData data = factor == 1 ? read(parameter) : multiplied(parameter, factor);
  const std::string wanted = factor == 1 ? parameter.name : parameter.name + ".scaled";
  return name = model_.add_weight(wanted, parameter.dtype, ir::bind(parameter.shape, {}), std::move(data));
}

std::string ParameterForms::matrix(ir::ValueId id, Layout layout, double factor) {
  if (layout == Layout::OutIn) return scaled(id, factor);
  std::string& name = dense_[{id, layout, factor}];
  if (!name.empty()) return name;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = factor == 1 ? read(parameter) : multiplied(parameter, factor);
  const std::vector<std::int64_t>& shape = data.view.shape;
  HostTensor turned(parameter.dtype, {shape.at(1), shape.at(0)});
  transpose(data.view.data, turned.bytes(), static_cast<std::size_t>(shape[0]),
            static_cast<std::size_t>(shape[1]), size_of(parameter.dtype));
  return name = add(parameter, factor == 1 ? "transposed" : "scaled.transposed", std::move(turned));
}

IntegerMatrix ParameterForms::integers(ir::ValueId id, std::int32_t weight_max, Layout layout,
                                       double factor) {
  IntegerMatrix& result = integers_[{id, weight_max, layout, factor}];
  if (!result.integers.empty()) return result;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  QuantizedRows rows = quantize_rows(data.view, weight_max);
  for (float& scale : rows.scales) scale = static_cast<float>(double{scale} * factor);
  const std::vector<std::int64_t> shape = data.view.shape;
  if (layout == Layout::InOut) {
    HostTensor turned(DType::I8, {shape.at(1), shape.at(0)});
    transpose(std::as_const(rows.integers).bytes(), turned.bytes(), static_cast<std::size_t>(shape[0]),
              static_cast<std::size_t>(shape[1]), 1);
    rows.integers = std::move(turned);
  }
  result.integers = add(parameter, "integers", std::move(rows.integers));
  result.scales = add(parameter, "scales", HostTensor::from_f32({shape.at(0)}, rows.scales));
  return result;
}

PackedMatrix ParameterForms::packed(ir::ValueId id, std::int32_t weight_max, double factor) {
  PackedMatrix& result = packed_[{id, weight_max, factor}];
  if (!result.integers.empty()) return result;
  constexpr std::int32_t kLargestNibble = 7;
  result.bits = weight_max <= kLargestNibble ? 4 : 8;
  const ir::Value& parameter = graph_.value(id);
  const ir::ParameterData data = read(parameter);
  const QuantizedRows rows = quantize_rows(data.view, weight_max);
  const std::int64_t out = data.view.shape.at(0);
  const std::int64_t in = data.view.shape.at(1);
  const std::int64_t blocks = (in + kBlockSize - 1) / kBlockSize;
  const std::int64_t row_bytes = blocks * kBlockSize * result.bits / 8;
  HostTensor bytes(DType::U8, {out, blocks, kBlockSize * result.bits / 8});
  HostTensor scales(DType::F32, {out * blocks});
  const auto* integers = reinterpret_cast<const std::int8_t*>(rows.integers.view().data.data());
  auto* target = reinterpret_cast<std::uint8_t*>(bytes.bytes().data());
  const int zero_point = 1 << (result.bits - 1);
  for (std::int64_t row = 0; row < out; ++row) {
    for (std::int64_t i = 0; i < blocks * kBlockSize; ++i) {
      const int number = (i < in ? int{integers[row * in + i]} : 0) + zero_point;
      // Of two nibbles the lower one comes first.
      if (result.bits == 8) target[row * row_bytes + i] = static_cast<std::uint8_t>(number);
      if (result.bits == 4)
        target[row * row_bytes + i / 2] |= static_cast<std::uint8_t>(number << (i % 2 * 4));
    }
    const auto first = static_cast<std::size_t>(row * blocks);
    for (float& scale : scales.f32().subspan(first, static_cast<std::size_t>(blocks))) {
      scale = static_cast<float>(double{rows.scales[static_cast<std::size_t>(row)]} * factor);
    }
  }
  result.integers = add(parameter, "packed", std::move(bytes));
  result.scales = add(parameter, "packed.scales", std::move(scales));
  return result;
}

}  // namespace medbench::lower
