#include "data/tokenizer_text.hpp"

#include "data/unicode.hpp"

namespace medbench {

namespace {

// Tab, newline and carriage return are control characters that count as whitespace.
bool is_kept_control(char32_t character) {
  return character == U'\t' || character == U'\n' || character == U'\r';
}

std::u32string clean(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t character : text) {
    if (is_removed_character(character) && !is_kept_control(character)) continue;
    out.push_back(is_whitespace(character) ? U' ' : character);
  }
  return out;
}

std::u32string space_out_chinese(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t character : text) {
    if (is_chinese(character)) {
      out += {U' ', character, U' '};
    } else {
      out.push_back(character);
    }
  }
  return out;
}

}  // namespace

std::u32string normalize_for_bert(std::u32string_view text, const BertNormalization& options) {
  std::u32string out = options.clean_text ? clean(text) : std::u32string(text);
  if (options.handle_chinese_chars) out = space_out_chinese(out);
  if (options.strip_accents.value_or(options.lowercase)) out = strip_accents(out);
  if (options.lowercase) out = lowercase(out);
  return out;
}

std::vector<std::u32string_view> split_into_words(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  std::size_t start = 0;
  const auto close = [&](std::size_t end) {
    if (end > start) words.push_back(text.substr(start, end - start));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool punctuation = is_punctuation(text[i]);
    if (!punctuation && !is_whitespace(text[i])) continue;
    close(i);
    if (punctuation) words.push_back(text.substr(i, 1));
    start = i + 1;
  }
  close(text.size());
  return words;
}

}  // namespace medbench
