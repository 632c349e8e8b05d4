#include "data/tokenizer_text.hpp"

#include <algorithm>

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

bool is_ascii(std::u32string_view text) {
  return std::ranges::all_of(text, [](char32_t character) { return character < 0x80; });
}

// All steps at once; none of these characters has an accent.
std::u32string normalize_ascii(std::u32string_view text, const BertNormalization& options) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t character : text) {
    if (options.clean_text && is_removed_character(character) && !is_kept_control(character)) continue;
    if (options.clean_text && is_whitespace(character)) {
      out.push_back(U' ');
    } else {
      const bool is_capital = character >= U'A' && character <= U'Z';
      out.push_back(options.lowercase && is_capital ? character + (U'a' - U'A') : character);
    }
  }
  return out;
}

}  // namespace

std::u32string normalize_for_bert(std::u32string_view text, const BertNormalization& options) {
  if (is_ascii(text)) return normalize_ascii(text, options);
  std::u32string out = options.clean_text ? clean(text) : std::u32string(text);
  if (options.handle_chinese_chars) out = space_out_chinese(out);
  if (options.strip_accents.value_or(options.lowercase)) out = strip_accents(out);
  if (options.lowercase) out = lowercase(out);
  return out;
}

}  // namespace medbench
