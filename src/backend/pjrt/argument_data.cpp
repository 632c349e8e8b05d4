#include "backend/pjrt/argument_data.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "ir/quantization.hpp"

namespace medbench::pjrt {
namespace {

ir::ParameterData owned(std::shared_ptr<HostTensor> tensor) {
  TensorView view = tensor->view();
  return {std::move(view), std::move(tensor)};
}

// Writes `values` in another floating-point type.
void store(std::span<const float> values, DType dtype, std::span<std::byte> out) {
  if (dtype == DType::F32) {
    std::memcpy(out.data(), values.data(), values.size_bytes());
    return;
  }
  if (dtype != DType::F16 && dtype != DType::BF16)
    throw unsupported_error("pjrt: a weight cannot be stored as {}", to_string(dtype));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t bits = dtype == DType::F16 ? float_to_f16(values[i]) : float_to_bf16(values[i]);
    std::memcpy(out.data() + i * sizeof(bits), &bits, sizeof(bits));
  }
}

template <class Number>
ir::ParameterData copy_of(const std::vector<Number>& numbers, const lower::Argument& argument) {
  auto tensor = std::make_shared<HostTensor>(argument.dtype, argument.shape);
  std::memcpy(tensor->bytes().data(), numbers.data(), tensor->bytes().size());
  return owned(std::move(tensor));
}

}  // namespace

ir::ParameterData ArgumentReader::read(const lower::Argument& argument) {
  switch (argument.content) {
    case lower::Content::Input:
      break;
    case lower::Content::Parameter:
      return read_parameter(argument);
    case lower::Content::WeightInts:
      return owned(round(argument).ints);
    case lower::Content::WeightScales:
      return copy_of(round(argument).scales, argument);
    case lower::Content::WeightSums:
      return copy_of(round(argument).sums, argument);
  }
  throw internal_error("argument '{}' holds an input, which no parameter gives",
                       graph_.value(argument.value).name);
}

ir::ParameterData ArgumentReader::read_parameter(const lower::Argument& argument) {
  const ir::Value& value = graph_.value(argument.value);
  const auto wanted = static_cast<std::size_t>(element_count(argument.shape));
  std::shared_ptr<HostTensor> tensor;
  std::size_t elements = 0;
  for (const std::string& part : value.parts) {
    ir::ParameterData data = weights_.read(part);
    const std::size_t count = data.view.data.size() / size_of(data.view.dtype);
    elements += count;
    if (elements > wanted) break;
    if (count == wanted && data.view.dtype == argument.dtype) return data;
    if (!tensor) tensor = std::make_shared<HostTensor>(argument.dtype, argument.shape);
    const std::size_t unit = size_of(argument.dtype);
    store(to_float(data.view), argument.dtype,
          tensor->bytes().subspan((elements - count) * unit, count * unit));
  }
  if (elements != wanted || !tensor) {
    throw usage_error("the tensors of parameter '{}' do not make its shape {}", value.name,
                      shape_to_string(argument.shape));
  }
  return owned(std::move(tensor));
}

const ArgumentReader::Rounded& ArgumentReader::round(const lower::Argument& argument) {
  if (rounded_ && rounded_->value == argument.value && rounded_->weight_max == argument.weight_max)
    return *rounded_;
  const std::vector<std::int64_t> shape = ir::bind(graph_.value(argument.value).shape, {});
  const ir::ParameterData data =
      read_parameter({lower::Content::Parameter, argument.value, 0, DType::F32, shape});
  const std::vector<float> weights = to_float(data.view);
  Rounded rounded{
      argument.value, argument.weight_max, {}, {}, std::make_shared<HostTensor>(DType::I8, shape)};
  const auto in = static_cast<std::size_t>(shape.at(1));
  std::byte* out = rounded.ints->bytes().data();
  for (std::size_t begin = 0; begin < weights.size(); begin += in) {
    const std::span<const float> row{weights.data() + begin, in};
    const float scale = ir::weight_scale(row, argument.weight_max);
    std::int32_t sum = 0;
    for (const float weight : row) {
      const std::int32_t integer = ir::quantize_weight_element(weight, scale, argument.weight_max);
      sum += integer;
      *out++ = static_cast<std::byte>(integer);
    }
    rounded.scales.push_back(scale);
    rounded.sums.push_back(sum);
  }
  rounded_ = std::move(rounded);
  return *rounded_;
}

}  // namespace medbench::pjrt
