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

// Whether these are inputs as passes::pack_tokens() makes them.
bool are_packed(std::span<const ir::InputSpec> inputs);

// How many texts and tokens there are, and the length of the longest text.
Axes packed_axes(std::span<const EncodedText> texts);

// By role: ids, types, positions, offsets and what else tells places. Throws Usage for any other, and for
// more tokens than an input may have.
NamedTensors packed_tensors(std::span<const EncodedText> texts, std::span<const ir::InputSpec> inputs);

// From the offsets of texts [texts+1], ascending from 0, whatever of their places can be told without the
// texts: offsets, and places in texts padded to the longest. False, and nothing is done, for other roles.
bool fill_places(HostTensor& tensor, ir::Role role, std::span<const std::int64_t> offsets);

std::int64_t longest_text(std::span<const std::int64_t> offsets);

// The lengths of texts, from the input of offsets among these; empty where there is none.
std::vector<std::int64_t> packed_lengths(std::span<const ir::InputSpec> inputs, const NamedTensors& tensors);

}  // namespace medbench
