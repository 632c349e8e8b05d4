#include "data/unicode.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utf8proc.h>

#include "data/unicode_tables.hpp"

namespace medbench {

namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstMark = 0x300;  // of the nonspacing marks and of those with a combining class

bool in_ranges(std::span<const CharacterRange> ranges, char32_t character) {
  const auto it =
      std::ranges::lower_bound(ranges, character, {}, [](const CharacterRange& range) { return range.last; });
  return it != ranges.end() && it->first <= character;
}

struct Decoded {
  char32_t character = kReplacement;
  std::size_t bytes = 0;  // 0: invalid
};

Decoded decode_one(std::string_view text) {
  utf8proc_int32_t character = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  // At most four bytes, so the length always fits.
  const auto length = static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4));
  const utf8proc_ssize_t used = utf8proc_iterate(bytes, length, &character);
  if (used <= 0) return {};
  return {static_cast<char32_t>(character), static_cast<std::size_t>(used)};
}

// Compositions younger than Unicode 9, which the library leaves whole.
constexpr std::array<CharacterRange, 6> kLaterCompositions = {{{0x105C9, 0x105C9},
                                                               {0x105E4, 0x105E4},
                                                               {0x11383, 0x113C8},
                                                               {0x11938, 0x11938},
                                                               {0x16121, 0x16128},
                                                               {0x16D68, 0x16D6A}}};

void append_decomposed(std::u32string& text, char32_t character) {
  // The first character that has another decomposition than itself is U+00C0.
  if (character < 0xC0) {
    text.push_back(character);
    return;
  }
  constexpr std::size_t kLongest = 32;  // the longest canonical decomposition has four characters
  std::array<utf8proc_int32_t, kLongest> parts{};
  int boundary_class = 0;
  const utf8proc_ssize_t count =
      in_ranges(kLaterCompositions, character)
          ? 0
          : utf8proc_decompose_char(static_cast<utf8proc_int32_t>(character), parts.data(), kLongest,
                                    UTF8PROC_DECOMPOSE, &boundary_class);
  if (count <= 0 || count > static_cast<utf8proc_ssize_t>(kLongest)) {
    text.push_back(character);
    return;
  }
  for (const auto part : std::span(parts).first(static_cast<std::size_t>(count)))
    text.push_back(static_cast<char32_t>(part));
}

int combining_class(char32_t character) {
  if (character < kFirstMark || in_ranges(kLaterMarks, character)) return 0;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(character))->combining_class;
}

// Every run of characters with a class other than 0 is sorted by class, equal classes keeping their order.
void order_canonically(std::u32string& text) {
  const auto is_starter = [](char32_t character) { return combining_class(character) == 0; };
  for (auto run = text.begin(); run != text.end();) {
    run = std::find_if_not(run, text.end(), is_starter);
    const auto end = std::find_if(run, text.end(), is_starter);
    std::stable_sort(run, end,
                     [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    run = end;
  }
}

struct LowerRange {
  char32_t first;
  char32_t last;
  char32_t lower;  // of the first
  char32_t step;   // 2: every other character is a capital
};

// Capitals younger than Unicode 15.
constexpr std::array<LowerRange, 8> kLaterCapitals = {{{0x1C89, 0x1C89, 0x1C8A, 1},
                                                       {0xA7CB, 0xA7CB, 0x264, 1},
                                                       {0xA7CC, 0xA7CE, 0xA7CD, 2},
                                                       {0xA7D2, 0xA7D4, 0xA7D3, 2},
                                                       {0xA7DA, 0xA7DA, 0xA7DB, 1},
                                                       {0xA7DC, 0xA7DC, 0x19B, 1},
                                                       {0x10D50, 0x10D65, 0x10D70, 1},
                                                       {0x16EA0, 0x16EB8, 0x16EBB, 1}}};

char32_t lower_of(char32_t character) {
  if (character < 0x80) return character >= U'A' && character <= U'Z' ? character + (U'a' - U'A') : character;
  for (const LowerRange& range : kLaterCapitals) {
    if (character >= range.first && character <= range.last && (character - range.first) % range.step == 0)
      return range.lower + (character - range.first);
  }
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character)));
}

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    const Decoded decoded = decode_one(text.substr(i));
    if (decoded.bytes == 0) return i;
    i += decoded.bytes;
  }
  return std::nullopt;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      out.push_back(static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const Decoded decoded = decode_one(text);
    out.push_back(decoded.character);
    text.remove_prefix(std::max<std::size_t>(decoded.bytes, 1));
  }
  return out;
}

void append_utf8(std::string& text, char32_t character) {
  if (character < 0x80) {
    text.push_back(static_cast<char>(character));
    return;
  }
  std::array<utf8proc_uint8_t, 4> bytes{};
  const auto count = utf8proc_encode_char(static_cast<utf8proc_int32_t>(character), bytes.data());
  for (const auto byte : std::span(bytes).first(static_cast<std::size_t>(count)))
    text.push_back(static_cast<char>(byte));
}

namespace beyond_ascii {
bool is_whitespace(char32_t character) {
  return in_ranges(kWhitespace, character);
}
bool is_punctuation(char32_t character) {
  return in_ranges(kPunctuation, character);
}
bool is_removed_character(char32_t character) {
  return in_ranges(kRemoved, character);
}
}  // namespace beyond_ascii

bool is_word_character(char32_t character) {
  constexpr std::array<CharacterRange, 5> kOthers = {
      {{0x200C, 0x200D}, {0x24B6, 0x24E9}, {0x1F130, 0x1F149}, {0x1F150, 0x1F169}, {0x1F170, 0x1F189}}};
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(character))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    default:
      return in_ranges(kOthers, character);
  }
}

bool is_chinese(char32_t character) {
  return in_ranges(kChinese, character);
}

std::u32string strip_accents(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t character : text) append_decomposed(out, character);
  order_canonically(out);
  const auto is_mark = [](char32_t character) {
    return character >= kFirstMark && in_ranges(kNonspacingMarks, character);
  };
  std::erase_if(out, is_mark);
  return out;
}

std::u32string lowercase(std::u32string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (const char32_t character : text) {
    if (character == 0x130) {  // the only character whose lower case is two
      out += U"i\u0307";
    } else {
      out.push_back(lower_of(character));
    }
  }
  return out;
}

}  // namespace medbench
