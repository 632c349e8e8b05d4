// A model of texts without padding.
#pragma once

#include "models/model.hpp"

namespace medbench {

// The model's graph and inputs as passes::pack_tokens() makes them. Its output stays described as with
// padding: what there is a row of for each token is to be padded again before it is judged. Throws
// Unsupported.
void pack_texts(Model& model);

bool is_packed(const Model& model);

}  // namespace medbench
