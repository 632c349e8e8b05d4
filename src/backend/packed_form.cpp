#include "backend/packed_form.hpp"

#include <utility>

#include "base/error.hpp"
#include "passes/pad_attention.hpp"

namespace medbench {

passes::PackedTexts in_form_of(const Backend& backend, const Target& target, passes::PackedTexts texts) {
  switch (backend.packed_form(target)) {
    case PackedForm::Offsets:
      return texts;
    case PackedForm::Ordered:
      return passes::order_attention(std::move(texts));
    case PackedForm::Padded:
      return passes::pad_attention(std::move(texts));
  }
  throw internal_error("a backend takes texts without padding in no known form");
}

}  // namespace medbench
