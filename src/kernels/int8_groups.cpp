#include "kernels/int8_groups.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "machine/isa_limits.hpp"

namespace medbench::kernels {
namespace {

static_assert(kUnit == ir::kGroupUnit);

// Rows that are multiplied by panel after panel stay in the cache of a core.
constexpr std::int64_t kRowBytes = std::int64_t{192} * 1024;

Kernels kernels_of(Isa isa) {
  switch (isa) {
    case Isa::Portable:
      return portable_kernels();
#if defined(__x86_64__)
    case Isa::Avx2:
      return avx2_kernels();
    case Isa::Avx512Vnni:
      return avx512_vnni_kernels();
#else
    case Isa::Avx2:
    case Isa::Avx512Vnni:
      break;
#endif
  }
  throw internal_error("no kernel for {} on this processor", to_string(isa));
}

// The last columns of a layer, fewer than a panel has.
void multiply_partial(const Kernels& kernels, const TileRows& rows, const TilePanel& panel,
                      const TileOutput& output, std::int64_t columns) {
  std::array<float, kPanel> nothing{};
  std::array<float, kMostTileRows * kPanel> sums{};
  kernels.multiply_tile(rows, panel,
                        {.bias = nothing.data(), .residual = nullptr, .y = sums.data(), .stride = kPanel});
  for (std::int64_t i = 0; i < rows.count; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const float added = output.residual == nullptr ? 0 : output.residual[i * output.stride + j];
      output.y[i * output.stride + j] =
          sums[static_cast<std::size_t>(i * kPanel + j)] + output.bias[j] + added;
    }
  }
}

}  // namespace

std::string_view to_string(Isa isa) {
  switch (isa) {
    case Isa::Portable:
      return "portable";
    case Isa::Avx2:
      return "avx2";
    case Isa::Avx512Vnni:
      return "avx512_vnni";
  }
  throw internal_error("unknown instruction set");
}

bool has_isa(Isa isa) {
#if defined(__x86_64__)
  if (isa == Isa::Avx512Vnni)
    return __builtin_cpu_supports("avx512vnni") != 0 && __builtin_cpu_supports("avx512bw") != 0;
  if (isa == Isa::Avx2) return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#endif
  return isa == Isa::Portable;
}

Isa best_isa(bool int16_sums) {
  if (is_isa_allowed("avx512_vnni") && has_isa(Isa::Avx512Vnni)) return Isa::Avx512Vnni;
  return int16_sums && is_isa_allowed("avx2") && has_isa(Isa::Avx2) ? Isa::Avx2 : Isa::Portable;
}

PackedGroups pack_groups(const ir::QuantizedWeight& weight) {
  if (weight.group <= 0 || weight.group % ir::kGroupUnit != 0 || weight.equalisers.empty())
    throw internal_error("weights in groups of {}, equalised or not, cannot be packed", weight.group);
  const GroupedShape shape{.in = weight.in, .out = weight.out, .group = weight.group};
  const std::int64_t groups = shape.groups();
  PackedGroups packed{.shape = shape,
                      .integers{DType::I8, {shape.panels(), shape.padded_in() / 4, kPanel, 4}},
                      .factors{DType::F32, {shape.panels(), groups, 2, kPanel}},
                      .equalisers = HostTensor::from_f32({shape.in}, weight.equalisers)};
  auto* all_integers = reinterpret_cast<std::int8_t*>(packed.integers.bytes().data());
  for (std::int64_t column = 0; column < weight.out; ++column) {
    const std::int64_t panel = column / kPanel;
    const std::int64_t lane = column % kPanel;
    std::int8_t* integers = all_integers + panel * shape.padded_in() * kPanel;
    for (std::int64_t i = 0; i < weight.in; ++i)
      integers[(i / 4 * kPanel + lane) * 4 + i % 4] =
          weight.integers[static_cast<std::size_t>(column * weight.in + i)];
    for (std::int64_t g = 0; g < groups; ++g) {
      std::int64_t sum = 0;
      for (std::int64_t i = g * shape.group; i < std::min(weight.in, (g + 1) * shape.group); ++i)
        sum += weight.integers[static_cast<std::size_t>(column * weight.in + i)];
      const float scale = weight.scales[static_cast<std::size_t>(column * groups + g)];
      float* factors = packed.factors.f32().data() + (panel * groups + g) * 2 * kPanel + lane;
      factors[0] = scale;
      factors[kPanel] = scale * static_cast<float>(sum);
    }
  }
  return packed;
}

GroupedWeights view_of(const PackedGroups& packed) {
  return {.shape = packed.shape,
          .integers = reinterpret_cast<const std::int8_t*>(packed.integers.bytes().data()),
          .factors = packed.factors.f32().data(),
          .equalisers = packed.equalisers.f32().data()};
}

void GroupedRows::resize(const GroupedShape& shape, std::int64_t rows) {
  integers.resize(static_cast<std::size_t>(rows * shape.padded_in()));
  scales.resize(static_cast<std::size_t>(rows * shape.groups()));
  offsets.resize(scales.size());
}

void round_rows(const GroupedWeights& weights, const float* x, std::int64_t first, std::int64_t last,
                std::int32_t activation_max, GroupedRows& rows, Isa isa) {
  const Kernels kernels = kernels_of(isa);
  const GroupedShape& shape = weights.shape;
  for (std::int64_t row = first; row < last; ++row) {
    kernels.round_row({.in = shape.in,
                       .group = shape.group,
                       .x = x + row * shape.in,
                       .equalisers = weights.equalisers,
                       .integers = rows.integers.data() + row * shape.padded_in(),
                       .scales = rows.scales.data() + row * shape.groups(),
                       .offsets = rows.offsets.data() + row * shape.groups()},
                      activation_max);
  }
}

void multiply_panels(const GroupedWeights& weights, const GroupedRows& rows, std::int64_t row_count,
                     std::int64_t first, std::int64_t last, const Output& output, Isa isa) {
  const Kernels kernels = kernels_of(isa);
  const GroupedShape& shape = weights.shape;
  const std::int64_t groups = shape.groups();
  const std::int64_t width = shape.padded_in();
  const std::int64_t tiles = std::max<std::int64_t>(kRowBytes / width / kernels.tile_rows, 1);
  const std::int64_t chunk = tiles * kernels.tile_rows;
  for (std::int64_t top = 0; top < row_count; top += chunk) {
    const std::int64_t bottom = std::min(row_count, top + chunk);
    for (std::int64_t panel = first; panel < last; ++panel) {
      const TilePanel columns{.integers = weights.integers + panel * width * kPanel,
                              .factors = weights.factors + panel * groups * 2 * kPanel,
                              .groups = groups,
                              .group = shape.group};
      const std::int64_t column = panel * kPanel;
      for (std::int64_t row = top; row < bottom; row += kernels.tile_rows) {
        const TileRows tile{.integers = rows.integers.data() + row * width,
                            .scales = rows.scales.data() + row * groups,
                            .offsets = rows.offsets.data() + row * groups,
                            .count = std::min(kernels.tile_rows, bottom - row)};
        const std::int64_t start = row * shape.out + column;
        const TileOutput target{.bias = output.bias + column,
                                .residual = output.residual == nullptr ? nullptr : output.residual + start,
                                .y = output.y + start,
                                .stride = shape.out};
        if (shape.out - column >= kPanel) {
          kernels.multiply_tile(tile, columns, target);
        } else {
          multiply_partial(kernels, tile, columns, target, shape.out - column);
        }
      }
    }
  }
}

}  // namespace medbench::kernels
