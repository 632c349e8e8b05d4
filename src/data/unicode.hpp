// UTF-8 and the character classes of BERT's tokenizer. The classes are those of the Hugging Face `tokenizers`
// library, which follow old versions of Unicode and a few slips of their own; they are frozen here, so that
// the same text gives the same ids whatever Unicode version the machine's libraries know.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace medbench {

// The offset of the first byte that is not valid UTF-8 (overlong forms and surrogates are not), or nothing.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);
// Invalid bytes become U+FFFD each.
std::u32string decode_utf8(std::string_view text);
void append_utf8(std::string& text, char32_t character);

namespace beyond_ascii {
bool is_whitespace(char32_t character);
bool is_punctuation(char32_t character);
bool is_removed_character(char32_t character);
}  // namespace beyond_ascii

inline bool is_whitespace(char32_t character) {
  if (character >= 0x80) return beyond_ascii::is_whitespace(character);
  return character == U' ' || (character >= U'\t' && character <= U'\r');
}
// Includes all ASCII symbols, such as $ and ~.
inline bool is_punctuation(char32_t character) {
  if (character >= 0x80) return beyond_ascii::is_punctuation(character);
  const bool is_letter = (character | 0x20U) >= U'a' && (character | 0x20U) <= U'z';
  const bool is_digit = character >= U'0' && character <= U'9';
  return character > U' ' && character < 0x7F && !is_letter && !is_digit;
}
// Control, format and private characters, NUL and U+FFFD.
inline bool is_removed_character(char32_t character) {
  if (character >= 0x80) return beyond_ascii::is_removed_character(character);
  return character < U' ' || character == 0x7F;
}
// What \w is to the library's regular expressions: letters, marks, digits, connectors and joiners.
bool is_word_character(char32_t character);
bool is_chinese(char32_t character);  // the CJK blocks whose characters are words of their own

// Canonical decomposition without the nonspacing marks that the library knows.
std::u32string strip_accents(std::u32string_view text);
std::u32string lowercase(std::u32string_view text);

}  // namespace medbench
