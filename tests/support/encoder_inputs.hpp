// Inputs of a text encoder, for tests.
#pragma once

#include <vector>

#include "base/random.hpp"
#include "base/tensor.hpp"
#include "ir/graph.hpp"

namespace medbench::testing {

enum class Mask {
  Full,    // every key is attended to
  Padded,  // each sequence ends in padding, a different length each, at least one key left
  Holes,   // masked keys anywhere, and the last sequence has none left at all
};

inline HostTensor random_mask(const ir::Binding& binding, Mask kind, std::uint64_t seed) {
  HostTensor mask(DType::I64, {binding.batch, binding.seq});
  SplitMix64 random(seed);
  for (std::int64_t row = 0; row < binding.batch; ++row) {
    const auto length =
        static_cast<std::int64_t>(1 + random.uniform_below(static_cast<std::uint64_t>(binding.seq)));
    for (std::int64_t i = 0; i < binding.seq; ++i) {
      bool attend = true;
      if (kind == Mask::Padded) attend = i < length;
      if (kind == Mask::Holes) attend = row + 1 < binding.batch && random.uniform_below(2) == 1;
      mask.i64()[static_cast<std::size_t>(row * binding.seq + i)] = attend ? 1 : 0;
    }
  }
  return mask;
}

// Uniform in [0, limit).
inline HostTensor random_ids(const ir::Binding& binding, std::int64_t limit, std::uint64_t seed) {
  HostTensor ids(DType::I64, {binding.batch, binding.seq});
  SplitMix64 random(seed);
  for (std::int64_t& id : ids.i64()) {
    id = static_cast<std::int64_t>(random.uniform_below(static_cast<std::uint64_t>(limit)));
  }
  return ids;
}

inline NamedTensors encoder_inputs(const ir::Binding& binding, std::int64_t vocab_size,
                                   std::int64_t token_types, Mask mask, std::uint64_t seed) {
  NamedTensors inputs;
  inputs["input_ids"] = random_ids(binding, vocab_size, seed);
  inputs["attention_mask"] = random_mask(binding, mask, seed + 1);
  if (token_types > 0) inputs["token_type_ids"] = random_ids(binding, token_types, seed + 2);
  return inputs;
}

}  // namespace medbench::testing
