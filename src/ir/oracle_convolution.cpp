// Convolutions, by their definition.
#include <optional>
#include <utility>

#include "ir/oracle_images.hpp"

namespace medbench::ir {
namespace {

using Index = std::span<const std::int64_t>;

// Which output a transposed convolution adds an input element to under a kernel element, which is also which
// input a convolution reads for an output; nothing outside of `sizes`.
template <class Op>
std::optional<std::size_t> meet(const Op& op, Index place, Index kernel, Index sizes) {
  std::vector<std::int64_t> index;
  for (std::size_t i = 0; i < place.size(); ++i) {
    const std::int64_t at = place[i] * op.stride[i] - op.padding[i] + kernel[i] * op.dilation[i];
    if (at < 0 || at >= sizes[i]) return std::nullopt;
    index.push_back(at);
  }
  return offset_of(index, sizes);
}

// The dimensions of a convolution, as counts of elements; of a group where they say so.
struct Extents {
  std::size_t batch, in, out, group_in, group_out, kernel, in_elements, out_elements;

  Extents(const OracleTensor& x, const OracleTensor& weight, const OracleTensor& result, std::int64_t groups)
      : batch(static_cast<std::size_t>(x.shape[0])),
        in(static_cast<std::size_t>(x.shape[1])),
        out(static_cast<std::size_t>(result.shape[1])),
        group_in(in / static_cast<std::size_t>(groups)),
        group_out(out / static_cast<std::size_t>(groups)),
        kernel(elements_of_channel(weight)),
        in_elements(elements_of_channel(x)),
        out_elements(elements_of_channel(result)) {}
};

}  // namespace

OracleTensor convolution(const OracleTensor& x, const OracleTensor& weight, const OracleTensor* bias,
                         OracleShape shape, const Convolution& op) {
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));
  const Extents size(x, weight, result, op.groups);
  std::size_t place = 0;  // in an output channel
  for_each_index(spatial_sizes(result.shape), [&](Index output) {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;  // offsets in a channel of x and in the kernel
    std::size_t element = 0;
    for_each_index(spatial_sizes(weight.shape), [&](Index kernel) {
      if (const auto input = meet(op, output, kernel, spatial_sizes(x.shape)))
        pairs.emplace_back(*input, element);
      ++element;
    });
    for (std::size_t image = 0; image < size.batch; ++image) {
      for (std::size_t out = 0; out < size.out; ++out) {
        double sum = bias == nullptr ? 0 : double{bias->floats[out]};
        for (std::size_t in = 0; in < size.group_in; ++in) {
          const std::size_t channel = image * size.in + out / size.group_out * size.group_in + in;
          const std::size_t filter = (out * size.group_in + in) * size.kernel;
          for (const auto& [input, kernel] : pairs) {
            sum +=
                double{x.floats[channel * size.in_elements + input]} * double{weight.floats[filter + kernel]};
          }
        }
        result.floats[(image * size.out + out) * size.out_elements + place] = round_to(x.dtype, sum);
      }
    }
    ++place;
  });
  return result;
}

OracleTensor transposed_convolution(const OracleTensor& x, const OracleTensor& weight,
                                    const OracleTensor* bias, OracleShape shape,
                                    const TransposedConvolution& op) {
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));
  const Extents size(x, weight, result, op.groups);
  std::vector<double> sums(result.floats.size(), 0);
  std::size_t place = 0;  // in an input channel
  for_each_index(spatial_sizes(x.shape), [&](Index input) {
    std::size_t element = 0;
    for_each_index(spatial_sizes(weight.shape), [&](Index kernel) {
      const auto output = meet(op, input, kernel, spatial_sizes(result.shape));
      for (std::size_t channel = 0; output && channel < size.batch * size.in; ++channel) {
        const std::size_t in = channel % size.in;
        const double value = double{x.floats[channel * size.in_elements + place]};
        for (std::size_t out = 0; out < size.group_out; ++out) {
          const std::size_t to = channel / size.in * size.out + in / size.group_in * size.group_out + out;
          sums[to * size.out_elements + *output] +=
              value * double{weight.floats[(in * size.group_out + out) * size.kernel + element]};
        }
      }
      ++element;
    });
    ++place;
  });
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double added = bias == nullptr ? 0 : double{bias->floats[i / size.out_elements % size.out]};
    result.floats[i] = round_to(x.dtype, sums[i] + added);
  }
  return result;
}

}  // namespace medbench::ir
