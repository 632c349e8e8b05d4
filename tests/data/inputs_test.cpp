#include "data/inputs.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using testing::expect_error;
using testing::TemporaryFolder;

std::vector<std::int64_t> values(const NamedTensors& set, const char* name) {
  const auto span = set.at(name).i64();
  return {span.begin(), span.end()};
}

std::vector<std::int64_t> shape(const NamedTensors& set) {
  return set.at("input_ids").shape();
}

TEST(RandomInputs, AreTheSameOnEveryMachine) {
  const InputSets inputs = random_inputs({.vocab_size = 28996, .token_types = 2}, 2, 2, 42, 2);
  ASSERT_EQ(inputs.sets.size(), 2U);
  EXPECT_THAT(values(inputs.sets[0], "input_ids"), ElementsAre(6713, 11879, 7702, 24280));
  EXPECT_THAT(values(inputs.sets[1], "input_ids"), ElementsAre(10550, 1546, 1313, 6504));
  EXPECT_THAT(values(inputs.sets[0], "attention_mask"), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(values(inputs.sets[0], "token_type_ids"), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(shape(inputs.sets[0]), ElementsAre(2, 2));
  EXPECT_EQ(inputs.source, "random");
  EXPECT_EQ(inputs.tokens, 4);
  EXPECT_EQ(inputs.useful_tokens, 4.0);
  EXPECT_EQ(inputs.seq_length, 2);
}

TEST(RandomInputs, StayInTheVocabulary) {
  const auto range = [](std::int64_t vocab_size) {
    const auto ids = values(random_inputs({vocab_size, 2}, 4, 256, 1, 1).sets[0], "input_ids");
    const auto [low, high] = std::minmax_element(ids.begin(), ids.end());
    return std::pair(*low, *high);
  };
  EXPECT_EQ(range(104), std::pair(std::int64_t{100}, std::int64_t{103}));
  EXPECT_EQ(range(101), std::pair(std::int64_t{100}, std::int64_t{100}));
  EXPECT_EQ(range(4), std::pair(std::int64_t{0}, std::int64_t{3}));
}

TEST(RandomInputs, Errors) {
  constexpr auto kHuge = std::numeric_limits<std::int64_t>::max();
  expect_error(ErrorKind::Usage, "must be at least 1, found 0 and 8", [] {
    random_inputs({100, 2}, 0, 8, 1, 1);
  });
  expect_error(ErrorKind::Usage, "must be at least 1, found 8 and -1", [] {
    random_inputs({100, 2}, 8, -1, 1, 1);
  });
  expect_error(ErrorKind::Usage, "is more than", [] { random_inputs({100, 2}, kHuge, kHuge, 1, 1); });
  expect_error(ErrorKind::Usage, "is more than", [] { random_inputs({100, 2}, 1 << 20, 1 << 10, 1, 1); });
  expect_error(ErrorKind::Usage, "a vocabulary of 0 tokens", [] { random_inputs({0, 2}, 1, 1, 1, 1); });
}

// Words a to e have the ids 5 to 9; a text of n words has n + 2 tokens.
class TextInputs : public ::testing::Test {
 protected:
  TextInputs() { folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\ne\n"); }
  [[nodiscard]] InputSets make(std::string_view texts, Padding padding, std::int64_t batch, std::int64_t seq,
                               std::size_t sets, std::int64_t vocab_size = 10) const {
    const auto file = folder.write("texts.txt", texts);
    return text_inputs({file.string(), "", padding}, folder.path(), {vocab_size, 2}, batch, seq, sets);
  }
  TemporaryFolder folder;
};

TEST_F(TextInputs, FixedPadding) {
  const InputSets inputs = make("a\nb c\nd e a b c\n", Padding::Fixed, 2, 5, 8);
  ASSERT_EQ(inputs.sets.size(), 2U);
  EXPECT_THAT(shape(inputs.sets[0]), ElementsAre(2, 5));
  EXPECT_THAT(values(inputs.sets[0], "input_ids"), ElementsAre(2, 5, 3, 0, 0, 2, 6, 7, 3, 0));
  EXPECT_THAT(values(inputs.sets[0], "attention_mask"), ElementsAre(1, 1, 1, 0, 0, 1, 1, 1, 1, 0));
  EXPECT_THAT(values(inputs.sets[0], "token_type_ids"), Each(0));
  // The third text is cut to five tokens; then the texts start again.
  EXPECT_THAT(values(inputs.sets[1], "input_ids"), ElementsAre(2, 8, 9, 5, 3, 2, 5, 3, 0, 0));
  EXPECT_EQ(inputs.source, "text");
  EXPECT_EQ(inputs.seq_length, 5);
  EXPECT_EQ(inputs.tokens, 10);
  EXPECT_EQ(inputs.useful_tokens, 7.5);
  EXPECT_EQ(inputs.details.at("texts"), 3);
  EXPECT_EQ(inputs.details.at("texts_used"), 3);
  EXPECT_EQ(inputs.details.at("truncated"), 1);
  EXPECT_EQ(inputs.details.at("padding_ratio"), 0.25);
  EXPECT_EQ(inputs.details.at("padding"), "fixed");
  EXPECT_EQ(inputs.details.at("lengths"),
            Json::parse(R"({"min": 3, "p50": 4, "p90": 7, "max": 7, "mean": 4.666666666666667})"));
}

TEST_F(TextInputs, LongestPaddingIsOfEachBatch) {
  const InputSets inputs = make("a\nb c\nd e a b c\nd\n", Padding::Longest, 2, 6, 8);
  ASSERT_EQ(inputs.sets.size(), 2U);
  EXPECT_THAT(values(inputs.sets[0], "input_ids"), ElementsAre(2, 5, 3, 0, 2, 6, 7, 3));
  EXPECT_THAT(shape(inputs.sets[0]), ElementsAre(2, 4));
  EXPECT_THAT(shape(inputs.sets[1]), ElementsAre(2, 6));
  EXPECT_EQ(inputs.seq_length, 6);
  EXPECT_EQ(inputs.tokens, 10);
  EXPECT_EQ(inputs.useful_tokens, 8.0);
  EXPECT_EQ(inputs.details.at("padding"), "longest");
  EXPECT_EQ(inputs.details.at("padding_ratio"), 0.2);
}

TEST_F(TextInputs, NoMoreSetsThanAskedFor) {
  const InputSets inputs = make("a\nb\nc\nd d d\n", Padding::Fixed, 1, 4, 2);
  ASSERT_EQ(inputs.sets.size(), 2U);
  EXPECT_THAT(values(inputs.sets[1], "input_ids"), ElementsAre(2, 6, 3, 0));
  EXPECT_EQ(inputs.details.at("texts"), 4);
  EXPECT_EQ(inputs.details.at("texts_used"), 2);
  EXPECT_EQ(inputs.details.at("lengths").at("max"), 3);
}

TEST_F(TextInputs, FewerTextsThanABatchStartAgain) {
  const InputSets inputs = make("a\nb\n", Padding::Fixed, 5, 3, 4);
  ASSERT_EQ(inputs.sets.size(), 1U);
  EXPECT_THAT(values(inputs.sets[0], "input_ids"), ElementsAre(2, 5, 3, 2, 6, 3, 2, 5, 3, 2, 6, 3, 2, 5, 3));
  EXPECT_EQ(inputs.details.at("padding_ratio"), 0.0);
}

TEST_F(TextInputs, Errors) {
  expect_error(ErrorKind::Usage, "sequence length of at least 2",
               [&] { (void)make("a\n", Padding::Fixed, 1, 1, 1); });
  expect_error(ErrorKind::Usage, "token ids up to 9, but the model's vocab_size is 9",
               [&] { (void)make("a\n", Padding::Fixed, 1, 8, 1, 9); });
  folder.write("tokenizer_config.json", R"({"added_tokens_decoder": {"12": {"content": "[DATE]"}}})");
  EXPECT_EQ(make("a\n", Padding::Fixed, 1, 8, 1).sets.size(), 1U);
  expect_error(ErrorKind::Usage, "token id 12 is outside the model's vocabulary of 10",
               [&] { (void)make("a [DATE]\n", Padding::Fixed, 1, 8, 1); });
  const TemporaryFolder other;
  expect_error(ErrorKind::Usage, "no tokenizer here", [&] {
    text_inputs({"x.txt", "", Padding::Fixed}, other.path(), {10, 2}, 1, 8, 1);
  });
}

}  // namespace
}  // namespace medbench
