// Compiled for AVX-512 with VNNI, whatever the rest is compiled for.
#include <cstring>
#include <immintrin.h>

#include "kernels/int8_tiles.hpp"

namespace medbench::kernels {
namespace {

__m512i four_of(const std::uint8_t* integers) {
  std::int32_t four = 0;
  std::memcpy(&four, integers, sizeof four);
  return _mm512_set1_epi32(four);
}

template <std::size_t Rows>
void multiply_rows(const TileRows& rows, const TilePanel& panel, const TileOutput& output) {
  const std::int64_t width = panel.groups * panel.group;
  __m512 total[Rows];  // NOLINT(modernize-avoid-c-arrays): stays in registers
  for (auto& line : total) line = _mm512_setzero_ps();
  const std::int8_t* weights = panel.integers;
  const std::uint8_t* x = rows.integers;
  for (std::int64_t g = 0; g < panel.groups; ++g) {
    __m512i exact[Rows];  // NOLINT(modernize-avoid-c-arrays)
    for (auto& line : exact) line = _mm512_setzero_si512();
    for (std::int64_t i = 0; i < panel.group; i += 4, weights += 4 * kPanel, x += 4) {
      const __m512i columns = _mm512_loadu_si512(weights);
#pragma GCC unroll 8
      for (std::size_t r = 0; r < Rows; ++r) {
        const __m512i four = four_of(x + static_cast<std::int64_t>(r) * width);
        exact[r] = _mm512_dpbusd_epi32(exact[r], four, columns);
      }
    }
    const float* factors = panel.factors + g * 2 * kPanel;
    const __m512 scales = _mm512_loadu_ps(factors);
    const __m512 column_sums = _mm512_loadu_ps(factors + kPanel);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
      const std::int64_t at = static_cast<std::int64_t>(r) * panel.groups + g;
      const __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(exact[r]), scales);
      total[r] = _mm512_fmadd_ps(product, _mm512_set1_ps(rows.scales[at]), total[r]);
      total[r] = _mm512_fnmadd_ps(_mm512_set1_ps(rows.offsets[at]), column_sums, total[r]);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    const std::int64_t at = static_cast<std::int64_t>(r) * output.stride;
    __m512 y = _mm512_add_ps(total[r], _mm512_loadu_ps(output.bias));
    if (output.residual != nullptr) y = _mm512_add_ps(y, _mm512_loadu_ps(output.residual + at));
    _mm512_storeu_ps(output.y + at, y);
  }
}

void multiply_tile(const TileRows& rows, const TilePanel& panel, const TileOutput& output) {
  switch (rows.count) {
    case 1:
      return multiply_rows<1>(rows, panel, output);
    case 2:
      return multiply_rows<2>(rows, panel, output);
    case 3:
      return multiply_rows<3>(rows, panel, output);
    case 4:
      return multiply_rows<4>(rows, panel, output);
    case 5:
      return multiply_rows<5>(rows, panel, output);
    case 6:
      return multiply_rows<6>(rows, panel, output);
    case 7:
      return multiply_rows<7>(rows, panel, output);
    default:
      return multiply_rows<8>(rows, panel, output);
  }
}

}  // namespace

Kernels avx512_vnni_kernels() {
  return {.round_row = avx2_kernels().round_row, .multiply_tile = multiply_tile, .tile_rows = 8};
}

}  // namespace medbench::kernels
