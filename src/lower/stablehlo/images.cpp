#include "lower/stablehlo/images.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

namespace medbench::lower {
namespace {

constexpr std::int64_t kChannels = 1;  // axis
constexpr std::size_t kSpatial = 2;    // first axis of the spatial ones

Sizes spatial_axes(const Term& x) {
  Sizes axes(x.shape.size() - kSpatial);
  std::iota(axes.begin(), axes.end(), static_cast<std::int64_t>(kSpatial));
  return axes;
}

Sizes spatial_sizes(const Term& x) {
  return {x.shape.begin() + kSpatial, x.shape.end()};
}

// One number of [channels] for each element of a channel.
Term of_channels(Writer& writer, const Term& row, const Term& like) {
  return writer.broadcast(writer.convert(row, like.dtype), {kChannels}, like.shape);
}

Term with_bias(Writer& writer, const Term& x, const std::optional<Term>& bias) {
  return bias ? writer.add(x, of_channels(writer, *bias, x)) : x;
}

// A window of 1 in batch and channels.
Sizes with_channels(const ir::PerDimension& spatial) {
  Sizes sizes(kSpatial, 1);
  sizes.insert(sizes.end(), spatial.begin(), spatial.end());
  return sizes;
}

std::vector<Padding> with_channels(const std::vector<Padding>& spatial) {
  std::vector<Padding> padding(kSpatial);
  padding.insert(padding.end(), spatial.begin(), spatial.end());
  return padding;
}

std::vector<Padding> both_ends(const ir::PerDimension& padding) {
  std::vector<Padding> ends;
  for (const std::int64_t size : padding) ends.push_back({size, size});
  return ends;
}

// How many elements of x each window along a dimension covers.
std::vector<float> counts_along(std::int64_t size, std::int64_t windows, std::int64_t kernel,
                                std::int64_t stride, std::int64_t padding) {
  std::vector<float> counts;
  for (std::int64_t i = 0; i < windows; ++i) {
    const std::int64_t start = i * stride - padding;
    counts.push_back(static_cast<float>(std::min(start + kernel, size) - std::max<std::int64_t>(start, 0)));
  }
  return counts;
}

// By how many elements each of `sums` is to be divided.
Term counts_of(Writer& writer, const Term& sums, const Sizes& from, const ir::Pool& op) {
  double all = 1;
  std::optional<Term> counts;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::vector<float> row =
        counts_along(from[i], sums.shape[kSpatial + i], op.kernel[i], op.stride[i], op.padding[i]);
    const auto whole = static_cast<float>(op.kernel[i]);
    if (op.count_padding || std::all_of(row.begin(), row.end(), [=](float n) { return n == whole; })) {
      all *= double{whole};
      continue;
    }
    const Term numbers = writer.numbers({static_cast<std::int64_t>(row.size())}, row);
    const Term spread = writer.broadcast(numbers, {static_cast<std::int64_t>(kSpatial + i)}, sums.shape);
    counts = counts ? writer.multiply(*counts, spread) : spread;
  }
  if (!counts) return writer.constant(all, sums.shape);
  return all == 1 ? *counts : writer.apply("multiply", *counts, all);
}

// [from, to]: column i averages what element i of an adaptive average is made of.
Term averages(Writer& writer, std::int64_t from, std::int64_t to) {
  std::vector<float> matrix(static_cast<std::size_t>(from * to));
  for (std::int64_t i = 0; i < to; ++i) {
    const std::int64_t first = i * from / to;
    const std::int64_t end = ((i + 1) * from + to - 1) / to;
    for (std::int64_t j = first; j < end; ++j)
      matrix[static_cast<std::size_t>(j * to + i)] = 1 / static_cast<float>(end - first);
  }
  return writer.numbers({from, to}, matrix);
}

Term channel_means(Writer& writer, const Term& x) {
  const Sizes sizes = spatial_sizes(x);
  const auto count =
      static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::int64_t{1}, std::multiplies<>()));
  return writer.apply("multiply", writer.reduce("add", 0, x, spatial_axes(x)), 1 / count);
}

// The neighbours of each element along an axis, those beyond the border being its last element.
Term shifted(Writer& writer, const Term& x, std::size_t axis, bool forward) {
  const std::int64_t size = x.shape[axis];
  Term end = writer.slice(x, axis, forward ? size - 1 : 0, 1);
  if (size == 1) return end;
  const Term rest = writer.slice(x, axis, forward ? 1 : 0, size - 1);
  return forward ? writer.concatenate({rest, end}, axis) : writer.concatenate({end, rest}, axis);
}

// x with `pieces` of its shape in turns along an axis.
Term interleaved(Writer& writer, const std::vector<Term>& pieces, std::size_t axis) {
  Sizes apart = pieces.front().shape;
  Sizes shape = apart;
  apart.insert(apart.begin() + static_cast<std::ptrdiff_t>(axis) + 1, 1);
  shape[axis] *= static_cast<std::int64_t>(pieces.size());
  std::vector<Term> parts;
  parts.reserve(pieces.size());
  for (const Term& piece : pieces) parts.push_back(writer.reshape(piece, apart));
  return writer.reshape(writer.concatenate(parts, axis + 1), shape);
}

// Every element `times` times.
Term repeated(Writer& writer, const Term& x, std::size_t axis, std::int64_t times) {
  Sizes apart = x.shape;
  Sizes shape = x.shape;
  apart.insert(apart.begin() + static_cast<std::ptrdiff_t>(axis) + 1, times);
  shape[axis] *= times;
  Sizes dims(shape.size());
  for (std::size_t i = 0; i < dims.size(); ++i) dims[i] = static_cast<std::int64_t>(i <= axis ? i : i + 1);
  return writer.reshape(writer.broadcast(x, dims, apart), shape);
}

Term linear_along(Writer& writer, const Term& x, std::size_t axis, std::int64_t scale) {
  std::vector<Term> pieces;
  for (std::int64_t i = 0; i < scale; ++i) {
    // Where the centre of the element lies, counted from that of x.
    const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(scale) - 0.5;
    if (at == 0) {
      pieces.push_back(x);
      continue;
    }
    const Term neighbour = shifted(writer, x, axis, at > 0);
    pieces.push_back(writer.add(writer.apply("multiply", x, 1 - std::fabs(at)),
                                writer.apply("multiply", neighbour, std::fabs(at))));
  }
  return interleaved(writer, pieces, axis);
}

}  // namespace

Term convolution(Writer& writer, const Term& x, const Term& weight, const std::optional<Term>& bias,
                 const Sizes& shape, const ir::Convolution& op) {
  const Filter filter{.weight = weight,
                      .order = FilterOrder::OutIn,
                      .stride = op.stride,
                      .padding = both_ends(op.padding),
                      .x_dilation = {},
                      .dilation = op.dilation,
                      .groups = op.groups};
  return with_bias(writer, writer.convolution(x, filter, shape), bias);
}

// The convolution of x, spread by the stride, with the weight read backwards.
Term transposed_convolution(Writer& writer, const Term& x, const Term& weight,
                            const std::optional<Term>& bias, const Sizes& shape,
                            const ir::TransposedConvolution& op) {
  Filter filter{.weight = writer.reverse(weight, spatial_axes(weight)),
                .order = FilterOrder::InOut,
                .stride = {},
                .padding = {},
                .x_dilation = op.stride,
                .dilation = op.dilation,
                .groups = op.groups};
  const Sizes kernel = spatial_sizes(weight);
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const std::int64_t before = op.dilation[i] * (kernel[i] - 1) - op.padding[i];
    filter.padding.push_back({before, before + op.output_padding[i]});
  }
  if (op.groups != 1) {  // [in, out/groups, kernel...] -> [in/groups, out, kernel...]
    Sizes apart = filter.weight.shape;
    apart.insert(apart.begin(), op.groups);
    apart[1] /= op.groups;
    Sizes order(apart.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::swap(order[0], order[1]);
    Sizes together = weight.shape;
    together[0] /= op.groups;
    together[1] *= op.groups;
    filter.weight = writer.reshape(writer.transpose(writer.reshape(filter.weight, apart), order), together);
  }
  return with_bias(writer, writer.convolution(x, filter, shape), bias);
}

Term pool(Writer& writer, const Term& x, const ir::Pool& op) {
  const Window window{with_channels(op.kernel), with_channels(op.stride),
                      with_channels(both_ends(op.padding))};
  if (op.kind == ir::Pooling::Max)
    return writer.reduce_windows("maximum", -std::numeric_limits<double>::infinity(), x, window);
  const Term sums = writer.reduce_windows("add", 0, writer.convert(x, DType::F32), window);
  return writer.convert(writer.divide(sums, counts_of(writer, sums, spatial_sizes(x), op)), x.dtype);
}

Term adaptive_average_pool(Writer& writer, const Term& x, const ir::AdaptiveAveragePool& op) {
  const Term wide = writer.convert(x, DType::F32);
  Sizes shape(x.shape.begin(), x.shape.begin() + kSpatial);
  shape.insert(shape.end(), op.sizes.begin(), op.sizes.end());
  if (std::all_of(op.sizes.begin(), op.sizes.end(), [](auto size) { return size == 1; }))
    return writer.convert(writer.reshape(channel_means(writer, wide), shape), x.dtype);
  const Sizes from = spatial_sizes(x);
  ir::Pool windows{.kind = ir::Pooling::Average};
  bool divides = true;
  for (std::size_t i = 0; i < from.size(); ++i) {
    divides = divides && from[i] % op.sizes[i] == 0;
    windows.kernel.push_back(from[i] / op.sizes[i]);
  }
  if (divides) {
    windows.stride = windows.kernel;
    windows.padding.assign(from.size(), 0);
    return pool(writer, x, windows);
  }
  // Each product takes the first dimension away and appends what became of it.
  Term result = wide;
  for (std::size_t i = 0; i < from.size(); ++i) {
    result =
        writer.dot(result, averages(writer, from[i], op.sizes[i]), {{}, {}, {kSpatial}, {0}}, DType::F32);
  }
  return writer.convert(result, x.dtype);
}

Term batch_norm(Writer& writer, const Term& x, const Term& scale, const Term& shift, const Term& mean,
                const Term& variance, double epsilon) {
  const Term wide = writer.convert(x, DType::F32);
  const Term inverse =
      writer.apply("rsqrt", {writer.apply("add", writer.convert(variance, DType::F32), epsilon)});
  const Term factor = writer.multiply(writer.convert(scale, DType::F32), inverse);
  const Term centred = writer.subtract(wide, of_channels(writer, mean, wide));
  const Term scaled = writer.multiply(centred, of_channels(writer, factor, wide));
  return writer.convert(writer.add(scaled, of_channels(writer, shift, wide)), x.dtype);
}

Term instance_norm(Writer& writer, const Term& x, const std::optional<Term>& scale,
                   const std::optional<Term>& shift, double epsilon) {
  const Term wide = writer.convert(x, DType::F32);
  const auto spread = [&](const Term& row) { return writer.broadcast(row, {0, kChannels}, wide.shape); };
  const Term centred = writer.subtract(wide, spread(channel_means(writer, wide)));
  const Term variance = channel_means(writer, writer.multiply(centred, centred));
  Term result =
      writer.multiply(centred, spread(writer.apply("rsqrt", {writer.apply("add", variance, epsilon)})));
  if (scale) result = writer.multiply(result, of_channels(writer, *scale, result));
  return writer.convert(with_bias(writer, result, shift), x.dtype);
}

Term upsample(Writer& writer, const Term& x, const ir::Upsample& op) {
  const bool is_linear = op.interpolation == ir::Interpolation::Linear;
  Term result = is_linear ? writer.convert(x, DType::F32) : x;
  for (std::size_t i = 0; i < op.scale.size(); ++i) {
    const std::size_t axis = kSpatial + i;
    if (op.scale[i] == 1) continue;
    result = is_linear ? linear_along(writer, result, axis, op.scale[i])
                       : repeated(writer, result, axis, op.scale[i]);
  }
  return writer.convert(result, x.dtype);
}

Term pad(Writer& writer, const Term& x, const ir::Pad& op) {
  std::vector<Padding> padding;
  for (std::size_t i = 0; i < op.begin.size(); ++i) padding.push_back({op.begin[i], op.end[i]});
  return writer.pad(x, writer.convert(writer.constant(op.value, {}), x.dtype), padding);
}

}  // namespace medbench::lower
