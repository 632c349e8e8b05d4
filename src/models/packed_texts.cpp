#include "models/packed_texts.hpp"

#include <utility>

#include "data/packed_tensors.hpp"
#include "passes/pack_tokens.hpp"

namespace medbench {

void pack_texts(Model& model) {
  passes::PackedTexts packed = passes::pack_tokens(model.graph, model.inputs);
  model.graph = std::move(packed.graph);
  model.inputs = std::move(packed.inputs);
}

bool is_packed(const Model& model) {
  return are_packed(model.inputs);
}

}  // namespace medbench
