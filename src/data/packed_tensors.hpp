// Texts one after the other, without padding: what an encoder takes after passes::pack_tokens().
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/axes.hpp"
#include "base/tensor.hpp"
#include "data/text_tensors.hpp"
#include "ir/specs.hpp"

namespace medbench {

// How many texts and tokens there are, and the length of the longest text.
Axes packed_axes(std::span<const EncodedText> texts);

// By role: ids, types, offsets and positions. Throws Usage for any other, and for more tokens than an input
// may have.
NamedTensors packed_tensors(std::span<const EncodedText> texts, std::span<const ir::InputSpec> inputs);

// The lengths of texts, from the input of offsets among these; empty where there is none.
std::vector<std::int64_t> packed_lengths(std::span<const ir::InputSpec> inputs, const NamedTensors& tensors);

}  // namespace medbench
