// From texts of one length, with padding, to texts one after the other, without.
#pragma once

#include <string_view>
#include <vector>

#include "ir/graph.hpp"
#include "ir/specs.hpp"

namespace medbench::passes {

inline constexpr std::string_view kTextOffsets = "text_offsets";
inline constexpr std::string_view kPositionIds = "position_ids";

struct PackedTexts {
  ir::Graph graph;
  std::vector<ir::InputSpec> inputs;  // of the graph, in its order
};

// Values [batch, seq, ...] become [tokens, ...], where a batch is a number of texts of any length. Ids and
// types become [tokens]; the mask gives its place to offsets [batch+1], and positions [tokens] come last,
// both I64. Attention becomes PackedAttention, a position table's first rows those of the positions, and the
// first token of a sequence that at its text's offset; all else stays what it is. Takes a graph before other
// passes. Throws Unsupported, naming the node, for an operation over sequences that has no such form, and for
// a graph without ids or without a mask.
PackedTexts pack_tokens(ir::Graph graph, const std::vector<ir::InputSpec>& inputs);

}  // namespace medbench::passes
