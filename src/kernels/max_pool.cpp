#include "kernels/max_pool.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

namespace medbench::kernels {

namespace {

constexpr std::int64_t kPiece = 16;  // channels in registers

float to_float(float value) {
  return value;
}
float to_float(Bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}
void store(float value, float& place) {
  place = value;
}
// Of a number that is one of bf16.
void store(float value, Bf16& place) {
  place = static_cast<Bf16>(std::bit_cast<std::uint32_t>(value) >> 16U);
}

// The larger; NaN where either is.
float larger(float a, float b) {
  return (b > a) | (b != b) ? b : a;
}

// The part of a window along one dimension that lies in the image.
struct Span {
  std::int64_t begin, end;
};
Span span_of(const PoolWindow& window, const PoolSizes& sizes, std::size_t dimension, std::int64_t place) {
  const std::int64_t begin = place * window.stride[dimension] - window.padding[dimension];
  return {std::max<std::int64_t>(begin, 0), std::min(begin + window.kernel[dimension], sizes.in[dimension])};
}

template <std::int64_t Count, class T>
void pool_piece(const std::vector<const T*>& elements, std::int64_t offset, T* y) {
  std::array<float, static_cast<std::size_t>(Count)> largest;
  const T* first = elements.front() + offset;
  T* result = y + offset;
  for (std::size_t i = 0; i < largest.size(); ++i) largest[i] = to_float(first[i]);
  for (std::size_t k = 1; k < elements.size(); ++k) {
    const T* element = elements[k] + offset;
    for (std::size_t i = 0; i < largest.size(); ++i) largest[i] = larger(largest[i], to_float(element[i]));
  }
  for (std::size_t i = 0; i < largest.size(); ++i) store(largest[i], result[i]);
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
      for (; channel + kPiece <= channels; channel += kPiece) pool_piece<kPiece>(elements, channel, result);
      for (; channel < channels; ++channel) pool_piece<1>(elements, channel, result);
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
