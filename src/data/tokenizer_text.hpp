// The two steps before BERT's vocabulary: normalising a text and splitting it into words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

struct BertNormalization {
  bool clean_text = true;                            // drop control characters, make every whitespace a space
  bool handle_chinese_chars = true;                  // put spaces around Chinese characters
  std::optional<bool> strip_accents = std::nullopt;  // absent: as lowercase
  bool lowercase = true;
};

std::u32string normalize_for_bert(std::u32string_view text, const BertNormalization& options);

// Splits at whitespace; every punctuation character is a word of its own. Views into `text`.
std::vector<std::u32string_view> split_into_words(std::u32string_view text);

}  // namespace medbench
