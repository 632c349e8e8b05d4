// Compiled for AVX2 and FMA, whatever the rest is compiled for.
#include <cstring>
#include <immintrin.h>

#include "kernels/int8_tiles.hpp"

namespace medbench::kernels {
namespace {

constexpr std::int64_t kLanes = 8;

__m256 equalised(const RowOfX& row, std::int64_t i) {
  return _mm256_mul_ps(_mm256_loadu_ps(row.x + i), _mm256_loadu_ps(row.equalisers + i));
}

float largest_of(__m256 values) {
  __m128 largest = _mm_max_ps(_mm256_castps256_ps128(values), _mm256_extractf128_ps(values, 1));
  largest = _mm_max_ps(largest, _mm_movehl_ps(largest, largest));
  return _mm_cvtss_f32(_mm_max_ss(largest, _mm_movehdup_ps(largest)));
}

struct Scale {
  float scale = __builtin_nanf("");
  std::int32_t zero_point = 0;
};

// Of a group.
struct Extremes {
  __m256 low = _mm256_setzero_ps();  // of -x
  __m256 high = _mm256_setzero_ps();
  __m256 nan = _mm256_setzero_ps();  // NaN where a value is not finite

  void add(__m256 x) {
    low = _mm256_max_ps(low, _mm256_sub_ps(_mm256_setzero_ps(), x));
    high = _mm256_max_ps(high, x);
    nan = _mm256_or_ps(nan, _mm256_sub_ps(x, x));
  }
  // ir::activation_scale in fp32, with which rounding takes two thirds of the time; NaN for a range that is
  // not finite.
  [[nodiscard]] Scale scale(std::int32_t activation_max) const {
    const float below = largest_of(low);
    const float range = below + largest_of(high);
    if (_mm256_movemask_ps(_mm256_cmp_ps(nan, nan, _CMP_UNORD_Q)) != 0 || range - range != 0) return {};
    float scale = range / static_cast<float>(activation_max);
    if (scale == 0) scale = 1;  // no range, or one that is too small
    const std::int32_t zero_point = _mm_cvtss_si32(_mm_set_ss(below / scale));
    return {scale, zero_point < activation_max ? zero_point : activation_max};
  }
};

// 32 numbers as bytes, in order. Integers of a range that was taken from x need no clamp below; above, zero
// point and largest integer may have been rounded up both.
void round_unit(const RowOfX& row, const Scale& scale, std::int32_t activation_max) {
  const bool has_scale = scale.scale == scale.scale;
  const __m256 inverse = _mm256_set1_ps(has_scale ? 1 / scale.scale : 0);
  const __m256i zero_point = _mm256_set1_epi32(scale.zero_point);
  const __m256i largest = _mm256_set1_epi32(activation_max);
  const auto steps = [&](std::int64_t i) {
    const __m256 x = _mm256_mul_ps(equalised(row, i), inverse);
    return _mm256_min_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(x), zero_point), largest);
  };
  const __m256i low = _mm256_packs_epi32(steps(0), steps(kLanes));
  const __m256i high = _mm256_packs_epi32(steps(2 * kLanes), steps(3 * kLanes));
  // Packing works on halves of a vector.
  const __m256i bytes =
      _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(row.integers), bytes);
}

// The same row from a feature and a group on.
RowOfX rest_of(const RowOfX& row, std::int64_t feature, std::int64_t group) {
  return {.in = row.in - feature,
          .group = row.group,
          .x = row.x + feature,
          .equalisers = row.equalisers + feature,
          .integers = row.integers + feature,
          .scales = row.scales + group,
          .offsets = row.offsets + group};
}

void round_row(const RowOfX& row, std::int32_t activation_max) {
  const std::int64_t whole = row.in / row.group;
  for (std::int64_t g = 0; g < whole; ++g) {
    const RowOfX group = rest_of(row, g * row.group, g);
    Extremes extremes;
    for (std::int64_t i = 0; i < row.group; i += kLanes) extremes.add(equalised(group, i));
    const Scale scale = extremes.scale(activation_max);
    *group.scales = scale.scale;
    *group.offsets = scale.scale * static_cast<float>(scale.zero_point);
    for (std::int64_t i = 0; i < row.group; i += kUnit)
      round_unit(rest_of(group, i, 0), scale, activation_max);
  }
  const RowOfX rest = rest_of(row, whole * row.group, whole);
  if (rest.in > 0) portable_kernels().round_row(rest, activation_max);
}

__m256i four_of(const std::uint8_t* integers) {
  std::int32_t four = 0;
  std::memcpy(&four, integers, sizeof four);
  return _mm256_set1_epi32(four);
}

template <std::size_t Rows>
void multiply_rows(const TileRows& rows, const TilePanel& panel, const TileOutput& output) {
  const std::int64_t width = panel.groups * panel.group;
  const __m256i ones = _mm256_set1_epi16(1);
  __m256 total[Rows][2];  // NOLINT(modernize-avoid-c-arrays): stays in registers
  for (auto& halves : total) halves[0] = halves[1] = _mm256_setzero_ps();
  const std::int8_t* weights = panel.integers;
  const std::uint8_t* x = rows.integers;
  for (std::int64_t g = 0; g < panel.groups; ++g) {
    __m256i exact[Rows][2];  // NOLINT(modernize-avoid-c-arrays)
    for (auto& halves : exact) halves[0] = halves[1] = _mm256_setzero_si256();
#pragma GCC unroll 4
    for (std::int64_t i = 0; i < panel.group; i += 8, weights += 8 * kPanel, x += 8) {
      const auto* columns = reinterpret_cast<const __m256i*>(weights);
#pragma GCC unroll 3
      for (std::size_t r = 0; r < Rows; ++r) {
        const std::uint8_t* eight = x + static_cast<std::int64_t>(r) * width;
        const __m256i first = four_of(eight);
        const __m256i second = four_of(eight + 4);
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          const __m256i sums16 =
              _mm256_add_epi16(_mm256_maddubs_epi16(first, _mm256_loadu_si256(columns + half)),
                               _mm256_maddubs_epi16(second, _mm256_loadu_si256(columns + 2 + half)));
          exact[r][half] = _mm256_add_epi32(exact[r][half], _mm256_madd_epi16(sums16, ones));
        }
      }
    }
    const float* factors = panel.factors + g * 2 * kPanel;
#pragma GCC unroll 3
    for (std::size_t r = 0; r < Rows; ++r) {
      const std::int64_t at = static_cast<std::int64_t>(r) * panel.groups + g;
      const __m256 scale = _mm256_set1_ps(rows.scales[at]);
      const __m256 offset = _mm256_set1_ps(rows.offsets[at]);
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        const __m256 scales = _mm256_loadu_ps(factors + half * kLanes);
        const __m256 column_sums = _mm256_loadu_ps(factors + kPanel + half * kLanes);
        const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(exact[r][half]), scales);
        total[r][half] = _mm256_fmadd_ps(product, scale, total[r][half]);
        total[r][half] = _mm256_fnmadd_ps(offset, column_sums, total[r][half]);
      }
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) {
    for (std::int64_t half = 0; half < 2; ++half) {
      const std::int64_t at = static_cast<std::int64_t>(r) * output.stride + half * kLanes;
      __m256 y = _mm256_add_ps(total[r][half], _mm256_loadu_ps(output.bias + half * kLanes));
      if (output.residual != nullptr) y = _mm256_add_ps(y, _mm256_loadu_ps(output.residual + at));
      _mm256_storeu_ps(output.y + at, y);
    }
  }
}

void multiply_tile(const TileRows& rows, const TilePanel& panel, const TileOutput& output) {
  switch (rows.count) {
    case 1:
      return multiply_rows<1>(rows, panel, output);
    case 2:
      return multiply_rows<2>(rows, panel, output);
    default:
      return multiply_rows<3>(rows, panel, output);
  }
}

}  // namespace

Kernels avx2_kernels() {
  return {.round_row = round_row, .multiply_tile = multiply_tile, .tile_rows = 3};
}

}  // namespace medbench::kernels
