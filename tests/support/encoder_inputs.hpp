// Values for the inputs of a text encoder, for tests.
#pragma once

#include "base/axes.hpp"
#include "base/random.hpp"
#include "base/tensor.hpp"

namespace medbench::testing {

enum class Mask {
  Full,    // every key is attended to
  Padded,  // each sequence ends in padding, a different length each, at least one key left
  Holes,   // masked keys anywhere, and the last sequence has none left at all
};

inline HostTensor random_mask(const Axes& axes, Mask kind, std::uint64_t seed) {
  const std::int64_t batch = axes[Axis::Batch];
  const std::int64_t seq = axes[Axis::Seq];
  HostTensor mask(DType::I64, {batch, seq});
  SplitMix64 random(seed);
  for (std::int64_t row = 0; row < batch; ++row) {
    const auto length = static_cast<std::int64_t>(1 + random.uniform_below(static_cast<std::uint64_t>(seq)));
    for (std::int64_t i = 0; i < seq; ++i) {
      bool attend = true;
      if (kind == Mask::Padded) attend = i < length;
      if (kind == Mask::Holes) attend = row + 1 < batch && random.uniform_below(2) == 1;
      mask.i64()[static_cast<std::size_t>(row * seq + i)] = attend ? 1 : 0;
    }
  }
  return mask;
}

// Uniform in [0, limit).
inline HostTensor random_ids(const Axes& axes, std::int64_t limit, std::uint64_t seed) {
  HostTensor ids(DType::I64, {axes[Axis::Batch], axes[Axis::Seq]});
  SplitMix64 random(seed);
  for (std::int64_t& id : ids.i64()) {
    id = static_cast<std::int64_t>(random.uniform_below(static_cast<std::uint64_t>(limit)));
  }
  return ids;
}

}  // namespace medbench::testing
