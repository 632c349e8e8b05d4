#include "data/tokenizer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

enum Id : std::int64_t {
  Pad,
  Unk,
  Cls,
  Sep,
  Heart,
  Rate,
  Ing,
  S,
  Comma,
  Cafe,
  CafeAccent,
  Zhong,
  Big,
  He,
  Mask
};

BertTokenizer make_tokenizer(const BertNormalization& normalization = {}) {
  Vocabulary vocabulary = Vocabulary::from_lines(
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\nheart\nrate\n##ing\n##s\n,\ncafe\ncafé\n中\nHeart\nhe\n[MASK]\n", "v");
  WordPieceOptions options;
  options.normalization = normalization;
  return {std::move(vocabulary),
          {.unknown = Unk, .start = Cls, .separator = Sep, .padding = Pad},
          options,
          {{"[SEP]", Sep}, {"[MASK]", Mask}, {"Big Word", 50, true}, {"[M", 51}}};
}

TEST(Tokenizer, LongestPieceFirst) {
  const BertTokenizer tokenizer = make_tokenizer();
  EXPECT_THAT(tokenizer.encode("heart rate"), ElementsAre(Cls, Heart, Rate, Sep));
  EXPECT_THAT(tokenizer.encode("hearts,rateings"), ElementsAre(Cls, Heart, S, Comma, Rate, Ing, S, Sep));
  EXPECT_THAT(tokenizer.encode("heart"), ElementsAre(Cls, Heart, Sep));
  EXPECT_THAT(tokenizer.encode(""), ElementsAre(Cls, Sep));
  EXPECT_THAT(tokenizer.encode(" \t\n\u00A0\u200B"), ElementsAre(Cls, Sep));
}

TEST(Tokenizer, AWordThatCannotBeCoveredIsUnknownAsAWhole) {
  EXPECT_THAT(make_tokenizer().encode("heartsx he"), ElementsAre(Cls, Unk, He, Sep));
  EXPECT_THAT(make_tokenizer().encode("ing"), ElementsAre(Cls, Unk, Sep));
}

TEST(Tokenizer, AVeryLongWordIsUnknown) {
  std::string word = "heart";
  while (word.size() < 99) word += "s";
  EXPECT_EQ(make_tokenizer().encode(word + "s").size(), 2U + 96U);
  EXPECT_THAT(make_tokenizer().encode(word + "ss"), ElementsAre(Cls, Unk, Sep));
  EXPECT_THAT(make_tokenizer().encode(std::string(100'000, 's')), ElementsAre(Cls, Unk, Sep));
}

TEST(Tokenizer, NormalizationOptions) {
  EXPECT_THAT(make_tokenizer().encode("CAFÉ Cafe\u0301"), ElementsAre(Cls, Cafe, Cafe, Sep));
  EXPECT_THAT(make_tokenizer({.strip_accents = false}).encode("CAFÉ"), ElementsAre(Cls, CafeAccent, Sep));
  EXPECT_THAT(make_tokenizer({.lowercase = false}).encode("Heart café"),
              ElementsAre(Cls, Big, CafeAccent, Sep));
  EXPECT_THAT(make_tokenizer({.strip_accents = true, .lowercase = false}).encode("café"),
              ElementsAre(Cls, Cafe, Sep));
  EXPECT_THAT(make_tokenizer().encode("heart中rate"), ElementsAre(Cls, Heart, Zhong, Rate, Sep));
  EXPECT_THAT(make_tokenizer({.handle_chinese_chars = false}).encode("heart中rate"),
              ElementsAre(Cls, Unk, Sep));
  EXPECT_THAT(make_tokenizer().encode("he\u200Bart"), ElementsAre(Cls, Heart, Sep));
  EXPECT_THAT(make_tokenizer({.clean_text = false}).encode("he\u200Bart"), ElementsAre(Cls, Unk, Sep));
}

TEST(Tokenizer, AddedTokensAreNotSplit) {
  EXPECT_THAT(make_tokenizer().encode("heart[SEP]rate[MASK]s"),
              ElementsAre(Cls, Heart, Sep, Rate, Mask, Unk, Sep));
  // The longest that matches; in the raw text, so capitals count.
  EXPECT_THAT(make_tokenizer().encode("[M[MASK]"), ElementsAre(Cls, 51, Mask, Sep));
  EXPECT_THAT(make_tokenizer().encode("[sep]"), ElementsAre(Cls, Unk, Unk, Unk, Sep));
  // In the normalised text, so capitals do not.
  EXPECT_THAT(make_tokenizer().encode("heart bIg\u00A0word rate"), ElementsAre(Cls, Heart, 50, Rate, Sep));
}

TEST(Tokenizer, InvalidBytesAreDropped) {
  EXPECT_THAT(make_tokenizer().encode("he\xFF\xC3"
                                      "art"),
              ElementsAre(Cls, Heart, Sep));
}

TEST(Tokenizer, TruncationKeepsTheSeparator) {
  std::vector<std::int64_t> ids = {Cls, 10, 11, 12, Sep};
  truncate(ids, 5);
  EXPECT_THAT(ids, ElementsAre(Cls, 10, 11, 12, Sep));
  truncate(ids, 3);
  EXPECT_THAT(ids, ElementsAre(Cls, 10, Sep));
  truncate(ids, 2);
  EXPECT_THAT(ids, ElementsAre(Cls, Sep));
  testing::expect_error(ErrorKind::Internal, "cannot be truncated to 1", [&] { truncate(ids, 1); });
}

}  // namespace
}  // namespace medbench
