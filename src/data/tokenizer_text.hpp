// The two steps before BERT's vocabulary: normalising a text and splitting it into words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "data/unicode.hpp"

namespace medbench {

struct BertNormalization {
  bool clean_text = true;                            // drop control characters, make every whitespace a space
  bool handle_chinese_chars = true;                  // put spaces around Chinese characters
  std::optional<bool> strip_accents = std::nullopt;  // absent: as lowercase
  bool lowercase = true;
};

std::u32string normalize_for_bert(std::u32string_view text, const BertNormalization& options);

// Calls on_word(word) for each word: text is split at whitespace, and every punctuation character is a word
// of its own. Views into `text`.
template <class OnWord>
void for_each_word(std::u32string_view text, OnWord on_word) {
  std::size_t start = 0;
  const auto close = [&](std::size_t end) {
    if (end > start) on_word(text.substr(start, end - start));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool punctuation = is_punctuation(text[i]);
    if (!punctuation && !is_whitespace(text[i])) continue;
    close(i);
    if (punctuation) on_word(text.substr(i, 1));
    start = i + 1;
  }
  close(text.size());
}

}  // namespace medbench
