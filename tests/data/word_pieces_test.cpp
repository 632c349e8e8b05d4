#include "data/word_pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Ids = std::vector<std::int64_t>;

WordPieces pieces_of(const std::string& lines, std::string_view prefix = "##") {
  return {Vocabulary::from_lines(lines, "v"), prefix};
}

// Nothing where it cannot be covered.
Ids cut(const WordPieces& pieces, std::u32string_view word) {
  Ids ids;
  const bool is_covered = pieces.append(word, ids);
  EXPECT_EQ(is_covered, !ids.empty());
  return ids;
}

TEST(WordPieces, TakesTheLongestEachTime) {
  const WordPieces pieces = pieces_of("a\nab\nabc\n##c\n##cd\n##d\n##e");
  EXPECT_THAT(cut(pieces, U"abcd"), ElementsAre(2, 5));
  EXPECT_THAT(cut(pieces, U"abd"), ElementsAre(1, 5));
  EXPECT_THAT(cut(pieces, U"acde"), ElementsAre(0, 4, 6));
  EXPECT_THAT(cut(pieces, U"acda"), IsEmpty());  // "##a" is no piece, and nothing is tried anew
  EXPECT_THAT(cut(pieces, U"cd"), IsEmpty());    // a continuation starts no word
}

TEST(WordPieces, LeavesWhatWasThereBefore) {
  Ids ids{7};
  EXPECT_FALSE(pieces_of("a\n##b").append(U"abx", ids));
  EXPECT_THAT(ids, ElementsAre(7));
}

TEST(WordPieces, EndWithCharacters) {
  const WordPieces pieces = pieces_of("é\nné\n##é\n##\U0001F600");
  EXPECT_THAT(cut(pieces, U"ééé"), ElementsAre(0, 2, 2));
  EXPECT_THAT(cut(pieces, U"né\U0001F600"), ElementsAre(1, 3));
}

TEST(WordPieces, OfAPrefix) {
  EXPECT_THAT(cut(pieces_of("a\nb\nab", ""), U"aba"), ElementsAre(2, 0));
  EXPECT_THAT(cut(pieces_of("a\n@@b", "@@"), U"abb"), ElementsAre(0, 1, 1));
  EXPECT_THAT(cut(pieces_of("##\n##a"), U"##a"), ElementsAre(1));  // the whole text of a token starts a word
}

TEST(WordPieces, OfALargeVocabulary) {
  std::string lines;
  for (int i = 0; i < 30000; ++i) lines += std::to_string(i) + "x\n";
  const WordPieces pieces = pieces_of(lines);
  EXPECT_THAT(cut(pieces, U"29999x"), ElementsAre(29999));
  EXPECT_THAT(cut(pieces, U"30000x"), IsEmpty());
}

}  // namespace
}  // namespace medbench
