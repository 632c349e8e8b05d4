// In plain C++, for every processor; the other kernels are tested against it.
#include <algorithm>
#include <array>
#include <cmath>

#include "ir/quantization.hpp"
#include "kernels/int8_tiles.hpp"

namespace medbench::kernels {
namespace {

void round_row(const RowOfX& row, std::int32_t activation_max) {
  const auto largest = static_cast<float>(activation_max);
  for (std::int64_t g = 0; g * row.group < row.in; ++g) {
    const std::int64_t begin = g * row.group;
    const std::int64_t end = std::min(row.in, begin + row.group);
    float min = 0;
    float max = 0;
    bool is_finite = true;
    for (std::int64_t i = begin; i < end; ++i) {
      const float x = row.x[i] * row.equalisers[i];
      min = std::min(min, x);
      max = std::max(max, x);
      is_finite = is_finite && std::isfinite(x);
    }
    const ir::ActivationScale scale =
        ir::activation_scale(is_finite ? double{min} : NAN, double{max}, activation_max);
    row.scales[g] = scale.scale;
    row.offsets[g] = scale.scale * static_cast<float>(scale.zero_point);
    std::fill(row.integers + begin, row.integers + begin + row.group, std::uint8_t{0});
    if (!std::isfinite(scale.scale)) continue;
    for (std::int64_t i = begin; i < end; ++i) {
      const float steps =
          std::nearbyint(row.x[i] * row.equalisers[i] / scale.scale) + static_cast<float>(scale.zero_point);
      row.integers[i] = static_cast<std::uint8_t>(std::clamp(steps, 0.0F, largest));
    }
  }
}

void multiply_tile(const TileRows& rows, const TilePanel& panel, const TileOutput& output) {
  const std::int64_t width = panel.groups * panel.group;
  for (std::int64_t row = 0; row < rows.count; ++row) {
    std::array<float, kPanel> total{};
    for (std::int64_t g = 0; g < panel.groups; ++g) {
      std::array<std::int32_t, kPanel> exact{};
      for (std::int64_t i = g * panel.group; i < (g + 1) * panel.group; ++i) {
        const std::int32_t x = rows.integers[row * width + i];
        const std::int8_t* column = panel.integers + (i / 4 * kPanel) * 4 + i % 4;
        for (std::size_t lane = 0; lane < kPanel; ++lane) exact[lane] += x * column[lane * 4];
      }
      const float scale = rows.scales[row * panel.groups + g];
      const float offset = rows.offsets[row * panel.groups + g];
      const float* factors = panel.factors + g * 2 * kPanel;
      for (std::size_t lane = 0; lane < kPanel; ++lane) {
        total[lane] += static_cast<float>(exact[lane]) * factors[lane] * scale;
        total[lane] -= offset * factors[static_cast<std::size_t>(kPanel) + lane];
      }
    }
    for (std::size_t lane = 0; lane < kPanel; ++lane) {
      const std::int64_t at = row * output.stride + static_cast<std::int64_t>(lane);
      const float added = output.residual == nullptr ? 0 : output.residual[at];
      output.y[at] = total[lane] + output.bias[lane] + added;
    }
  }
}

}  // namespace

Kernels portable_kernels() {
  return {.round_row = round_row, .multiply_tile = multiply_tile, .tile_rows = 1};
}

}  // namespace medbench::kernels
