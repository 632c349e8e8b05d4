// Normalisation of channels, and what puts images together.
#include <algorithm>
#include <cmath>
#include <utility>

#include "ir/oracle_images.hpp"

namespace medbench::ir {

std::size_t offset_of(std::span<const std::int64_t> index, std::span<const std::int64_t> sizes) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < index.size(); ++i)
    offset = offset * static_cast<std::size_t>(sizes[i]) + static_cast<std::size_t>(index[i]);
  return offset;
}

std::span<const std::int64_t> spatial_sizes(std::span<const std::int64_t> shape) {
  return shape.subspan(2);
}

std::size_t elements_of_channel(const OracleTensor& x) {
  return static_cast<std::size_t>(element_count(spatial_sizes(x.shape)));
}

OracleTensor batch_norm(const OracleTensor& x, const OracleTensor& scale, const OracleTensor& shift,
                        const OracleTensor& mean, const OracleTensor& variance, double epsilon) {
  OracleTensor result = x;
  const std::size_t elements = elements_of_channel(x);
  for (std::size_t i = 0; i < x.floats.size(); ++i) {
    const std::size_t channel = i / elements % scale.floats.size();
    const double normalised = (double{x.floats[i]} - double{mean.floats[channel]}) /
                              std::sqrt(double{variance.floats[channel]} + epsilon);
    result.floats[i] =
        round_to(x.dtype, normalised * double{scale.floats[channel]} + double{shift.floats[channel]});
  }
  return result;
}

OracleTensor instance_norm(const OracleTensor& x, const OracleTensor* scale, const OracleTensor* shift,
                           double epsilon) {
  OracleTensor result = x;
  const std::size_t width = elements_of_channel(x);
  const auto channels = static_cast<std::size_t>(x.shape[1]);
  for (std::size_t begin = 0; begin < x.floats.size(); begin += width) {
    const std::size_t channel = begin / width % channels;
    const std::span<float> elements{result.floats.data() + begin, width};
    double sum = 0;
    for (const float element : elements) sum += double{element};
    const double mean = sum / static_cast<double>(width);
    double squares = 0;
    for (const float element : elements) squares += (double{element} - mean) * (double{element} - mean);
    double factor = 1 / std::sqrt(squares / static_cast<double>(width) + epsilon);
    if (scale != nullptr) factor *= double{scale->floats[channel]};
    const double added = shift == nullptr ? 0 : double{shift->floats[channel]};
    for (float& element : elements) element = round_to(x.dtype, (double{element} - mean) * factor + added);
  }
  return result;
}

OracleTensor concatenate(std::span<const OracleTensor* const> inputs, OracleShape shape, int axis) {
  OracleTensor result = make_oracle_tensor(inputs.front()->dtype, std::move(shape));
  const std::span<const std::int64_t> behind{result.shape.begin() + axis + 1, result.shape.end()};
  const auto width = static_cast<std::size_t>(element_count(behind));
  const std::size_t row = static_cast<std::size_t>(result.shape[static_cast<std::size_t>(axis)]) * width;
  std::size_t column = 0;  // where the input begins in a row
  for (const OracleTensor* input : inputs) {
    const std::size_t length = static_cast<std::size_t>(input->shape[static_cast<std::size_t>(axis)]) * width;
    for (std::size_t i = 0; i < input->floats.size(); ++i)
      result.floats[i / length * row + column + i % length] = input->floats[i];
    column += length;
  }
  return result;
}

OracleTensor pad(const OracleTensor& x, OracleShape shape, const Pad& op) {
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));
  std::fill(result.floats.begin(), result.floats.end(), round_to(x.dtype, op.value));
  std::size_t element = 0;
  for_each_index(x.shape, [&](std::vector<std::int64_t> index) {
    for (std::size_t i = 0; i < index.size(); ++i) index[i] += op.begin[i];
    result.floats[offset_of(index, result.shape)] = x.floats[element++];
  });
  return result;
}

}  // namespace medbench::ir
