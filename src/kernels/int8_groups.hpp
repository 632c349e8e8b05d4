// Products of integers with a scale for every group of features: y = x W^T + bias (+ residual), where each
// group of a row of x and of a row of W was equalised and rounded to 8 bits by itself. It is the arithmetic
// of ir::QuantizedLinear with a group, on the processor, for runtimes that have no such kernel of their own.
// One outlier then spoils its group and not a whole tensor. It knows no runtime and starts no threads.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ir/quantization.hpp"
#include "kernels/int8_tiles.hpp"

namespace medbench::kernels {

// The instructions that the kernels are written for.
enum class Isa {
  Portable,
  Avx2,        // vpmaddubsw, with sums of four products in 16 bits: see QuantizedLinear::int16_sums
  Avx512Vnni,  // vpdpbusd, which sums in 32 bits
};
std::string_view to_string(Isa isa);  // "portable", "avx2", "avx512_vnni"
bool has_isa(Isa isa);                // on this processor
// The best that this processor has and environment variables leave (is_isa_allowed() of the machine), AVX2
// only where int16_sums says that the weights allow it.
Isa best_isa(bool int16_sums);

// Sizes that follow from a layer.
struct GroupedShape {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t group = ir::kGroupUnit;

  [[nodiscard]] std::int64_t groups() const { return ir::group_count(in, group); }
  [[nodiscard]] std::int64_t padded_in() const { return groups() * group; }
  [[nodiscard]] std::int64_t panels() const { return (out + kPanel - 1) / kPanel; }
};

// Weights in the order in which they are read; what is padded is 0.
struct PackedGroups {
  GroupedShape shape;
  HostTensor integers;  // I8 [panels, padded_in / 4, kPanel, 4]
  // F32 [panels, groups, 2, kPanel]: the scales of the columns, and the scales times the sums of their
  // integers.
  HostTensor factors;
  HostTensor equalisers;  // F32 [in]
};
// Throws Internal for a weight that is not equalised, or has no groups of a multiple of ir::kGroupUnit.
PackedGroups pack_groups(const ir::QuantizedWeight& weight);

// The same, wherever it is stored: faster where it is aligned to 32 bytes.
struct GroupedWeights {
  GroupedShape shape;
  const std::int8_t* integers = nullptr;
  const float* factors = nullptr;
  const float* equalisers = nullptr;
};
GroupedWeights view_of(const PackedGroups& packed);

// Rows of x after equalisation and rounding: x e = integer * scale - offset, with offset = scale * zero
// point. A group that holds what is not finite has a scale that is NaN, and so is its row of the product.
struct GroupedRows {
  std::vector<std::uint8_t> integers;  // [rows, padded_in]
  std::vector<float> scales;           // [rows, groups]
  std::vector<float> offsets;          // [rows, groups]

  // Memory is kept where there is enough of it.
  void resize(const GroupedShape& shape, std::int64_t rows);
};

// What is added to a product, and where it goes.
struct Output {
  const float* bias = nullptr;      // [out]
  const float* residual = nullptr;  // [rows, out], or nothing
  float* y = nullptr;               // [rows, out]
};

// Both do a part of the work, so that a caller's threads share it; parts may run at the same time. The first
// takes rows [first, last) of x [rows, in], the second panels [first, last) of all `row_count` rows.
void round_rows(const GroupedWeights& weights, const float* x, std::int64_t first, std::int64_t last,
                std::int32_t activation_max, GroupedRows& rows, Isa isa);
void multiply_panels(const GroupedWeights& weights, const GroupedRows& rows, std::int64_t row_count,
                     std::int64_t first, std::int64_t last, const Output& output, Isa isa);

}  // namespace medbench::kernels
