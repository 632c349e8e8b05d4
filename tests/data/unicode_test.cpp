#include "data/unicode.hpp"

#include <cstdint>
#include <gtest/gtest.h>
#include <utility>

namespace medbench {
namespace {

using Tally = std::pair<std::int64_t, std::int64_t>;  // how many characters, and the sum

// on_character gives what to add to the sum, or -1 for a character that does not count.
template <class OnCharacter>
Tally over_all_characters(OnCharacter on_character) {
  Tally tally;
  for (char32_t character = 0; character < 0x110000; ++character) {
    if (character >= 0xD800 && character < 0xE000) continue;    // surrogates
    if (character >= 0x40000 && character < 0xE0000) continue;  // planes without characters
    const std::int64_t value = on_character(character);
    if (value < 0) continue;
    ++tally.first;
    tally.second += value;
  }
  return tally;
}

template <class Predicate>
Tally members(Predicate predicate) {
  return over_all_characters([&](char32_t c) { return predicate(c) ? static_cast<std::int64_t>(c) : -1; });
}

template <class Change>
Tally changed(Change change) {
  return over_all_characters([&](char32_t c) -> std::int64_t {
    const std::u32string out = change(std::u32string_view(&c, 1));
    if (out.empty() || (out.size() == 1 && out.front() == c)) return -1;
    std::int64_t sum = 0;
    for (const char32_t character : out) sum += static_cast<std::int64_t>(character);
    return sum;
  });
}

// The expected numbers come from the tokenizers library 0.23.3, asked about every character.
TEST(Unicode, ClassesHoldTheLibrarysCharacters) {
  EXPECT_EQ(members(is_punctuation), (Tally{726, 20675981}));
  EXPECT_EQ(members([](char32_t c) { return is_removed_character(c) && c != 9 && c != 10 && c != 13; }),
            (Tally{137681, 137913084793}));
  EXPECT_EQ(members(is_whitespace), (Tally{25, 141586}));
  EXPECT_EQ(members(is_chinese), (Tally{81264, 9171601864}));
  EXPECT_EQ(members([](char32_t c) { return strip_accents({&c, 1}).empty(); }), (Tally{1567, 262554314}));
}

TEST(Unicode, LowercaseIsTheLibrarys) {
  EXPECT_EQ(changed(lowercase), (Tally{1488, 39003168}));
}

TEST(Unicode, DecompositionIsTheLibrarys) {
  EXPECT_EQ(changed(strip_accents), (Tally{13214, 196556881}));
}

TEST(Unicode, StripAccentsOrdersTheMarksThatStay) {
  // U+302F (class 224) and U+1D165 (class 216) stay; they change places, but not across U+034F (class 0,
  // removed).
  EXPECT_EQ(strip_accents(U"a\u0301\u302F\U0001D165"), U"a\U0001D165\u302F");
  EXPECT_EQ(strip_accents(U"a\u302F\u034F\U0001D165"), U"a\u302F\U0001D165");
  // A mark younger than the library's tables has no class.
  EXPECT_EQ(strip_accents(U"a\u302F\u1DF9"), U"a\u302F\u1DF9");
}

TEST(Unicode, Lowercase) {
  EXPECT_EQ(lowercase(U"ÄΣİ"), U"äσi\u0307");
  EXPECT_EQ(lowercase(U"\uA7CC\uA7CD\uA7CE"), U"\uA7CD\uA7CD\uA7CF");
}

TEST(Unicode, FindsInvalidUtf8) {
  EXPECT_EQ(find_invalid_utf8("plain"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("é中😀"), std::nullopt);
  EXPECT_EQ(find_invalid_utf8("ab\xFF"), 2U);
  EXPECT_EQ(find_invalid_utf8("a\xC0\xAF"), 1U);          // overlong
  EXPECT_EQ(find_invalid_utf8("a\xED\xA0\x80"), 1U);      // surrogate
  EXPECT_EQ(find_invalid_utf8("a\xF4\x90\x80\x80"), 1U);  // beyond U+10FFFF
  EXPECT_EQ(find_invalid_utf8("abc\xE4\xB8"), 3U);        // cut off
}

TEST(Unicode, DecodesAndEncodes) {
  EXPECT_EQ(decode_utf8("aé中😀"), U"aé中😀");
  EXPECT_EQ(decode_utf8("a\xFFz\xE4\xB8"), U"a\uFFFDz\uFFFD\uFFFD");
  std::string text;
  for (const char32_t character : U"aé中😀") {
    if (character != 0) append_utf8(text, character);
  }
  EXPECT_EQ(text, "aé中😀");
}

}  // namespace
}  // namespace medbench
