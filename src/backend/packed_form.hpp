// Texts without padding in the form that a backend takes.
#pragma once

#include "backend/backend.hpp"
#include "passes/pack_tokens.hpp"

namespace medbench {

// What pack_tokens() gave, for a target that the backend supports.
passes::PackedTexts in_form_of(const Backend& backend, const Target& target, passes::PackedTexts texts);

}  // namespace medbench
