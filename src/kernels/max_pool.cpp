#include "kernels/max_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace medbench::kernels {

namespace {

// Channels that one vector holds: as many as every processor of the kind has room for, because the compiler
// takes comparisons of longer ones apart into single numbers.
constexpr std::int64_t kLanes = 4;
constexpr std::int64_t kVectors = 4;
constexpr std::int64_t kPiece = kLanes * kVectors;

using Floats [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using Words [[gnu::vector_size(kLanes * sizeof(std::uint32_t))]] = std::uint32_t;
using Shorts [[gnu::vector_size(kLanes * sizeof(std::uint16_t))]] = std::uint16_t;

void load(const float* from, Floats& values) {
  std::memcpy(&values, from, sizeof values);
}
void load(const Bf16* from, Floats& values) {
  Shorts shorts;
  std::memcpy(&shorts, from, sizeof shorts);
  const Words words = __builtin_convertvector(shorts, Words) << 16U;
  std::memcpy(&values, &words, sizeof values);
}
void store(const Floats& values, float* to) {
  std::memcpy(to, &values, sizeof values);
}
// Of numbers that are some of bf16.
void store(const Floats& values, Bf16* to) {
  Words words;
  std::memcpy(&words, &values, sizeof words);
  const Shorts shorts = __builtin_convertvector(words >> 16U, Shorts);
  std::memcpy(to, &shorts, sizeof shorts);
}

// The part of a window along one dimension that lies in the image.
struct Span {
  std::int64_t begin, end;
};
Span span_of(const PoolWindow& window, const PoolSizes& sizes, std::size_t dimension, std::int64_t place) {
  const std::int64_t begin = place * window.stride[dimension] - window.padding[dimension];
  return {std::max<std::int64_t>(begin, 0), std::min(begin + window.kernel[dimension], sizes.in[dimension])};
}

// NaN where either is.
void take_larger(Floats& largest, const Floats& values) {
  largest = (values > largest) | (values != values) ? values : largest;
}

template <std::int64_t Vectors, class T>
void pool_piece(const std::vector<const T*>& elements, std::int64_t offset, T* y) {
  std::array<Floats, static_cast<std::size_t>(Vectors)> largest;
  for (std::size_t i = 0; i < largest.size(); ++i)
    load(elements.front() + offset + static_cast<std::int64_t>(i) * kLanes, largest[i]);
  for (std::size_t k = 1; k < elements.size(); ++k) {
    for (std::size_t i = 0; i < largest.size(); ++i) {
      Floats values;
      load(elements[k] + offset + static_cast<std::int64_t>(i) * kLanes, values);
      take_larger(largest[i], values);
    }
  }
  for (std::size_t i = 0; i < largest.size(); ++i)
    store(largest[i], y + offset + static_cast<std::int64_t>(i) * kLanes);
}

// What is left of the channels behind the last whole vector.
template <class T>
void pool_rest(const std::vector<const T*>& elements, std::int64_t offset, std::int64_t channels, T* y) {
  const auto bytes = static_cast<std::size_t>(channels - offset) * sizeof(T);
  std::array<T, static_cast<std::size_t>(kLanes)> rest{};
  Floats largest{};
  for (std::size_t k = 0; k < elements.size(); ++k) {
    std::memcpy(rest.data(), elements[k] + offset, bytes);
    Floats values;
    load(rest.data(), values);
    if (k == 0) largest = values;
    take_larger(largest, values);
  }
  store(largest, rest.data());
  std::memcpy(y + offset, rest.data(), bytes);
}

template <class T>
void pool_rows(const PoolWindow& window, const PoolSizes& sizes, const T* x, T* y, std::int64_t first,
               std::int64_t last) {
  const std::int64_t channels = sizes.channels;
  std::vector<const T*> elements;  // of one window: where the channels of each begin
  for (std::int64_t row = first; row < last; ++row) {
    const std::int64_t plane = row / sizes.out[1];
    const Span height = span_of(window, sizes, 1, row % sizes.out[1]);
    const Span depth = span_of(window, sizes, 0, plane % sizes.out[0]);
    const T* image = x + plane / sizes.out[0] * sizes.in[0] * sizes.in[1] * sizes.in[2] * channels;
    T* result = y + row * sizes.out[2] * channels;
    for (std::int64_t column = 0; column < sizes.out[2]; ++column, result += channels) {
      const Span width = span_of(window, sizes, 2, column);
      elements.clear();
      for (std::int64_t d = depth.begin; d < depth.end; ++d)
        for (std::int64_t h = height.begin; h < height.end; ++h)
          for (std::int64_t w = width.begin; w < width.end; ++w)
            elements.push_back(image + ((d * sizes.in[1] + h) * sizes.in[2] + w) * channels);
      std::int64_t channel = 0;
      for (; channel + kPiece <= channels; channel += kPiece) pool_piece<kVectors>(elements, channel, result);
      for (; channel + kLanes <= channels; channel += kLanes) pool_piece<1>(elements, channel, result);
      if (channel < channels) pool_rest(elements, channel, channels, result);
    }
  }
}

}  // namespace

void max_pool_rows(const PoolWindow& window, const PoolSizes& sizes, const float* x, float* y,
                   std::int64_t first, std::int64_t last) {
  pool_rows(window, sizes, x, y, first, last);
}
void max_pool_rows(const PoolWindow& window, const PoolSizes& sizes, const Bf16* x, Bf16* y,
                   std::int64_t first, std::int64_t last) {
  pool_rows(window, sizes, x, y, first, last);
}

}  // namespace medbench::kernels
