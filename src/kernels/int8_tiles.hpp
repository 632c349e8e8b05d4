// What the kernels of each instruction set provide. They see this header alone, and it holds plain data: an
// inline function, their own or of a library, would be compiled for their instructions, and the linker may
// keep that copy for every processor.
#pragma once

#include <cstdint>

namespace medbench::kernels {

// Columns that are multiplied together.
inline constexpr std::int64_t kPanel = 16;
// Groups are a multiple of it.
inline constexpr std::int64_t kUnit = 32;

// One row of x, group by group.
struct RowOfX {
  std::int64_t in = 0;
  std::int64_t group = kUnit;
  const float* x = nullptr;           // [in]
  const float* equalisers = nullptr;  // [in]
  std::uint8_t* integers = nullptr;   // [padded_in]
  float* scales = nullptr;            // [groups]
  float* offsets = nullptr;           // [groups]
};

// Rows that are multiplied by one panel.
struct TileRows {
  const std::uint8_t* integers = nullptr;  // [rows, padded_in]
  const float* scales = nullptr;           // [rows, groups]
  const float* offsets = nullptr;          // [rows, groups]
  std::int64_t count = 0;
};
struct TilePanel {
  const std::int8_t* integers = nullptr;  // [padded_in / 4, kPanel, 4]
  const float* factors = nullptr;         // [groups, 2, kPanel]
  std::int64_t groups = 0;
  std::int64_t group = 0;
};

// What is added to the columns of a panel, and where the sums go.
struct TileOutput {
  const float* bias = nullptr;      // [kPanel]
  const float* residual = nullptr;  // [rows, kPanel], or nothing
  float* y = nullptr;               // [rows, kPanel]
  std::int64_t stride = 0;          // of rows of residual and y
};

using RoundRow = void (*)(const RowOfX&, std::int32_t activation_max);
using MultiplyTile = void (*)(const TileRows&, const TilePanel&, const TileOutput&);
struct Kernels {
  RoundRow round_row = nullptr;
  MultiplyTile multiply_tile = nullptr;
  std::int64_t tile_rows = 1;  // at most kMostTileRows
};
inline constexpr std::int64_t kMostTileRows = 8;

Kernels portable_kernels();
#if defined(__x86_64__)
Kernels avx2_kernels();
Kernels avx512_vnni_kernels();
#endif

}  // namespace medbench::kernels
