#include "data/vocabulary.hpp"

#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using testing::expect_error;

TEST(Vocabulary, NumbersLinesFromZero) {
  const Vocabulary vocabulary = Vocabulary::from_lines("[PAD]\r\nheart \n\n##é\u3000\nlung", "vocab.txt");
  EXPECT_EQ(vocabulary.find("[PAD]"), 0);
  EXPECT_EQ(vocabulary.find("heart"), 1);
  EXPECT_EQ(vocabulary.find("##é"), 3);
  EXPECT_EQ(vocabulary.find("lung"), 4);
  EXPECT_EQ(vocabulary.find(""), std::nullopt);
  EXPECT_EQ(vocabulary.find("Heart"), std::nullopt);
  EXPECT_EQ(vocabulary.size(), 4U);
  EXPECT_EQ(vocabulary.largest_id(), 4);
}

// As in transformers.
TEST(Vocabulary, TheLastOfEqualTokensCounts) {
  const Vocabulary vocabulary = Vocabulary::from_lines("a\nb\na\nc\nb\n", "v");
  EXPECT_EQ(vocabulary.find("a"), 2);
  EXPECT_EQ(vocabulary.find("b"), 4);
  EXPECT_EQ(vocabulary.find("c"), 3);
  EXPECT_EQ(vocabulary.largest_id(), 4);
}

TEST(Vocabulary, FindsTheFirstTokenWithCapitals) {
  EXPECT_EQ(Vocabulary::from_lines("[PAD]\n##a\nZoo\nApe\n", "v").find_capitalized(), "Zoo");
  EXPECT_EQ(Vocabulary::from_lines("[PAD]\na\n##É\n", "v").find_capitalized(), "##É");
  EXPECT_EQ(Vocabulary::from_lines("[PAD]\n[unused1]\nzoo\n", "v").find_capitalized(), std::nullopt);
}

TEST(Vocabulary, Errors) {
  expect_error(ErrorKind::Usage, "v: no token in it", [] { Vocabulary::from_lines("", "v"); });
  expect_error(ErrorKind::Usage, "v: no token in it", [] { Vocabulary::from_lines("\n \n", "v"); });
  expect_error(ErrorKind::Usage, "v: line 2 is not valid UTF-8",
               [] { Vocabulary::from_lines("a\n\xFF\n", "v"); });
  Vocabulary vocabulary;
  vocabulary.add("a", 7, "v");
  expect_error(ErrorKind::Usage, "the id -1, which is no token id", [&] { vocabulary.add("c", -1, "v"); });
  expect_error(ErrorKind::Usage, "the id 2147483648, which is no token id",
               [&] { vocabulary.add("c", 2147483648, "v"); });
  EXPECT_EQ(vocabulary.largest_id(), 7);
}

}  // namespace
}  // namespace medbench
