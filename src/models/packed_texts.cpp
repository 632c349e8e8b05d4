#include "models/packed_texts.hpp"

#include <algorithm>
#include <utility>

#include "passes/pack_tokens.hpp"

namespace medbench {

void pack_texts(Model& model) {
  passes::PackedTexts packed = passes::pack_tokens(model.graph, model.inputs);
  model.graph = std::move(packed.graph);
  model.inputs = std::move(packed.inputs);
}

bool is_packed(const Model& model) {
  return std::ranges::count(model.inputs, ir::Role::Offsets, &ir::InputSpec::role) > 0;
}

}  // namespace medbench
