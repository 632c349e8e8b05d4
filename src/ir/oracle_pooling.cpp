// What makes one element of several of its channel, or several of one.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ir/oracle_images.hpp"

namespace medbench::ir {
namespace {

using Index = std::span<const std::int64_t>;

// An element of a channel, and how much of it is taken.
struct Share {
  std::size_t offset = 0;
  double weight = 1;
};
using Shares = std::vector<Share>;

// Along one dimension: places and their weights.
using Places = std::vector<std::pair<std::int64_t, double>>;

// Every combination of places.
Shares combine(const std::vector<Places>& along, Index sizes) {
  std::vector<std::int64_t> counts;
  for (const Places& places : along) counts.push_back(static_cast<std::int64_t>(places.size()));
  Shares shares;
  for_each_index(counts, [&](Index choice) {
    std::vector<std::int64_t> index;
    double weight = 1;
    for (std::size_t i = 0; i < along.size(); ++i) {
      const auto& [place, part] = along[i][static_cast<std::size_t>(choice[i])];
      index.push_back(place);
      weight *= part;
    }
    shares.push_back({offset_of(index, sizes), weight});
  });
  return shares;
}

double sum_of(const float* channel, const Shares& shares) {
  double sum = 0;
  for (const Share& share : shares) sum += share.weight * double{channel[share.offset]};
  return sum;
}

double largest_of(const float* channel, const Shares& shares) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const Share& share : shares) {
    const double element = double{channel[share.offset]};
    if (std::isnan(element)) return element;
    largest = std::max(largest, element);
  }
  return largest;
}

// The result's element at an index of each channel is what `reduce` makes of the places that `place_along`
// gives for every dimension: place_along(dimension, index along it, size of x along it).
template <class PlaceAlong, class Reduce>
OracleTensor reduce_channels(const OracleTensor& x, OracleShape shape, PlaceAlong place_along,
                             Reduce reduce) {
  OracleTensor result = make_oracle_tensor(x.dtype, std::move(shape));
  const Index sizes = spatial_sizes(x.shape);
  const std::size_t in_elements = elements_of_channel(x);
  const std::size_t out_elements = elements_of_channel(result);
  std::size_t element = 0;
  for_each_index(spatial_sizes(result.shape), [&](Index index) {
    std::vector<Places> along;
    for (std::size_t i = 0; i < index.size(); ++i) along.push_back(place_along(i, index[i], sizes[i]));
    const Shares shares = combine(along, sizes);
    for (std::size_t channel = 0; channel * out_elements < result.floats.size(); ++channel) {
      result.floats[channel * out_elements + element] =
          round_to(x.dtype, reduce(x.floats.data() + channel * in_elements, shares));
    }
    ++element;
  });
  return result;
}

Places between(std::int64_t first, std::int64_t end, double weight) {
  Places places;
  for (std::int64_t place = first; place < end; ++place) places.emplace_back(place, weight);
  return places;
}

}  // namespace

OracleTensor pool(const OracleTensor& x, OracleShape shape, const Pool& op) {
  const auto window = [&op](std::size_t i, std::int64_t index, std::int64_t size) {
    const std::int64_t start = index * op.stride[i] - op.padding[i];
    const std::int64_t first = std::max<std::int64_t>(start, 0);
    const std::int64_t end = std::min(start + op.kernel[i], size);
    return between(first, end, 1.0 / static_cast<double>(op.count_padding ? op.kernel[i] : end - first));
  };
  return op.kind == Pooling::Max ? reduce_channels(x, std::move(shape), window, largest_of)
                                 : reduce_channels(x, std::move(shape), window, sum_of);
}

OracleTensor adaptive_average_pool(const OracleTensor& x, OracleShape shape) {
  const OracleShape target = shape;
  const auto window = [&target](std::size_t i, std::int64_t index, std::int64_t size) {
    const std::int64_t count = spatial_sizes(target)[i];
    const std::int64_t first = index * size / count;
    const std::int64_t end = ((index + 1) * size + count - 1) / count;
    return between(first, end, 1.0 / static_cast<double>(end - first));
  };
  return reduce_channels(x, std::move(shape), window, sum_of);
}

OracleTensor upsample(const OracleTensor& x, OracleShape shape, const Upsample& op) {
  const auto sources = [&op](std::size_t i, std::int64_t index, std::int64_t size) {
    if (op.interpolation == Interpolation::Nearest) return Places{{index / op.scale[i], 1.0}};
    // Where the centre of the element lies between the centres of those of x.
    const double at = (static_cast<double>(index) + 0.5) / static_cast<double>(op.scale[i]) - 0.5;
    const double clamped = std::clamp(at, 0.0, static_cast<double>(size - 1));
    const auto before = static_cast<std::int64_t>(clamped);
    const double part = clamped - static_cast<double>(before);
    if (part == 0) return Places{{before, 1.0}};  // what is not taken may be infinite
    return Places{{before, 1 - part}, {before + 1, part}};
  };
  return reduce_channels(x, std::move(shape), sources, sum_of);
}

}  // namespace medbench::ir
