// Attention over texts without padding, for runtimes that do not have it as ir::PackedAttention says.
#pragma once

#include <string_view>

#include "passes/pack_tokens.hpp"

namespace medbench::passes {

inline constexpr std::string_view kPaddedTokens = "padded_tokens";
inline constexpr std::string_view kPaddedMask = "padded_mask";
inline constexpr std::string_view kPaddedPlaces = "padded_places";
inline constexpr std::string_view kPaddedOrder = "padded_order";

bool has_packed_attention(const ir::Graph& graph);

// Each PackedAttention becomes an Attention over [batch, seq], where seq is the longest text of the batch:
// the queries, keys and values are brought there, and the results back; all else works on real tokens alone
// as before. The inputs padded_tokens and padded_mask [batch, seq] and padded_places [tokens] come last, all
// I64. Takes what pack_tokens() gives; without such a node that is given back.
PackedTexts pad_attention(PackedTexts texts);

// Each PackedAttention gets the input padded_order I64 [batch, seq], which comes last, as its fifth operand.
PackedTexts order_attention(PackedTexts texts);

}  // namespace medbench::passes
