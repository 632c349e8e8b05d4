// Sorted ranges of characters, frozen as version 0.23 of the Hugging Face `tokenizers` library classifies
// them.
#pragma once

#include <span>

namespace medbench {

struct CharacterRange {
  char32_t first;
  char32_t last;
};

extern const std::span<const CharacterRange> kNonspacingMarks;
extern const std::span<const CharacterRange> kPunctuation;
extern const std::span<const CharacterRange> kRemoved;
extern const std::span<const CharacterRange> kWhitespace;
extern const std::span<const CharacterRange> kChinese;
// Marks younger than Unicode 9: the library gives them no combining class, so they do not change places.
extern const std::span<const CharacterRange> kLaterMarks;

}  // namespace medbench
