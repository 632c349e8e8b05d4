// What a model takes and gives, in words that do not name the model: whoever makes inputs goes by their
// roles, and whoever judges outputs by their kind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.hpp"

namespace medbench::ir {

enum class Role : std::uint8_t {
  Ids,        // of tokens
  Mask,       // 1 where a token counts, 0 where it is padding
  Types,      // of tokens: which of a pair of texts
  Offsets,    // where each of several texts begins in a row of tokens, and where the last one ends
  Positions,  // of tokens, counted from 0 in each text
  // Of texts one after the other, and the same padded to the longest of them, [texts, longest]:
  PaddedTokens,  // which token is at each place; any where there is none
  PaddedMask,    // 1 where there is one, else 0
  PaddedPlaces,  // of each token the place, counted through all texts
  PaddedOrder,   // the places with a token, text by text, then the others
  Pixels,        // or voxels
  Any,           // whatever its domain holds
};

// Whether it says where texts without padding lie, and nothing of what they hold.
constexpr bool tells_places(Role role) {
  return role == Role::Offsets || role == Role::Positions ||
         (role >= Role::PaddedTokens && role <= Role::PaddedOrder);
}

// Both ends belong to it.
struct Interval {
  double least = 0;
  double most = 1;
};

struct InputSpec {
  std::string name;  // of the graph's input
  DType dtype = DType::F32;
  Shape shape;
  Role role = Role::Any;
  Interval domain;  // valid values; of an integer type only the integers in it
};

enum class OutputKind : std::uint8_t { Hidden, Logits, Segmentation };

struct OutputSpec {
  std::string name;
  int class_axis = 0;  // counted from the front; of Hidden that of the features
  OutputKind kind = OutputKind::Hidden;
  std::vector<std::string> labels;  // one a class; empty for Hidden
};

}  // namespace medbench::ir
