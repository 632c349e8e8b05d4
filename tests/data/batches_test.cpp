#include "data/batches.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "data/text_file.hpp"
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

std::vector<std::int64_t> shape(const NamedTensors& tensors) {
  return tensors.at("input_ids").shape();
}

std::vector<Batch> take_random(std::vector<ir::InputSpec> specs, const Axes& axes, std::uint64_t seed,
                               std::size_t count) {
  return take(*random_batches(std::move(specs), axes, seed), count);
}

ir::InputSpec spec(const char* name, ir::Role role, double most, ir::Shape shape = {ir::kBatch, ir::kSeq},
                   DType dtype = DType::I64) {
  return {.name = name, .dtype = dtype, .shape = std::move(shape), .role = role, .domain = {0, most}};
}

// Those of BERT.
std::vector<ir::InputSpec> encoder(std::int64_t vocab_size) {
  return {spec("input_ids", ir::Role::Ids, static_cast<double>(vocab_size - 1)),
          spec("attention_mask", ir::Role::Mask, 1), spec("token_type_ids", ir::Role::Types, 1)};
}

Axes axes(std::int64_t batch, std::int64_t seq) {
  return {{Axis::Batch, batch}, {Axis::Seq, seq}};
}

TEST(RandomBatches, AreTheSameOnEveryMachine) {
  const auto source = random_batches(encoder(28996), axes(2, 2), 42);
  const std::vector<Batch> batches = take(*source, 2);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].tensors.size(), 3U);
  EXPECT_THAT(values(batches[0].tensors, "input_ids"), ElementsAre(6713, 11879, 7702, 24280));
  EXPECT_THAT(values(batches[1].tensors, "input_ids"), ElementsAre(10550, 1546, 1313, 6504));
  EXPECT_THAT(values(batches[0].tensors, "attention_mask"), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(values(batches[0].tensors, "token_type_ids"), ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(shape(batches[0].tensors), ElementsAre(2, 2));
  EXPECT_EQ(source->kind(), "random");
  EXPECT_EQ(batches[0].work.sequences, 2);
  EXPECT_EQ(batches[0].work.tokens, 4);
  EXPECT_EQ(batches[0].work.useful_tokens, 4);
  EXPECT_EQ(batches[0].axes, axes(2, 2));
}

TEST(RandomBatches, StayInTheVocabulary) {
  const auto range = [](std::int64_t vocab_size) {
    const auto ids = values(take_random(encoder(vocab_size), axes(4, 256), 1, 1)[0].tensors, "input_ids");
    const auto [low, high] = std::minmax_element(ids.begin(), ids.end());
    return std::pair(*low, *high);
  };
  EXPECT_EQ(range(104), std::pair(std::int64_t{100}, std::int64_t{103}));
  EXPECT_EQ(range(101), std::pair(std::int64_t{100}, std::int64_t{100}));
  EXPECT_EQ(range(100), std::pair(std::int64_t{0}, std::int64_t{99}));
  EXPECT_EQ(range(4), std::pair(std::int64_t{0}, std::int64_t{3}));
}

TEST(RandomBatches, ServeEveryRole) {
  std::vector<ir::InputSpec> specs{
      spec("pixels", ir::Role::Pixels, 1, {ir::kBatch, 3, 16, 16}, DType::F32),
      spec("half", ir::Role::Any, 0, {ir::kBatch, 64}, DType::F16),
      spec("numbers", ir::Role::Any, 7, {64, ir::kBatch}),
      spec("starts", ir::Role::Offsets, 12, {4}),
  };
  specs[1].domain = {-2, -1};
  specs[2].domain = {5, 7};
  const std::vector<Batch> batches = take_random(specs, Axes{{Axis::Batch, 2}, {Axis::Tokens, 12}}, 3, 1);
  const NamedTensors& set = batches.at(0).tensors;
  const auto expect_range = [](const std::vector<float>& found, float least, float most) {
    const auto [low, high] = std::ranges::minmax_element(found);
    EXPECT_GE(*low, least);
    EXPECT_LE(*high, most);
    EXPECT_LT(*low, least + 0.1F * (most - least));  // all of the range is used
    EXPECT_GT(*high, most - 0.1F * (most - least));
  };
  EXPECT_THAT(set.at("pixels").shape(), ElementsAre(2, 3, 16, 16));
  expect_range(to_float(set.at("pixels").view()), 0, 1);
  EXPECT_EQ(set.at("half").dtype(), DType::F16);
  expect_range(to_float(set.at("half").view()), -2, -1);
  expect_range(to_float(set.at("numbers").view()), 5, 7);
  EXPECT_THAT(values(set, "starts"), ElementsAre(0, 4, 8, 12));
}

TEST(RandomBatches, Errors) {
  constexpr auto kHuge = std::numeric_limits<std::int64_t>::max();
  const auto make = [](std::int64_t batch, std::int64_t seq) {
    take_random(encoder(100), axes(batch, seq), 1, 1);
  };
  expect_error(ErrorKind::Usage, "input_ids would be [-2, 8]: every dimension must be at least 1",
               [&] { make(-2, 8); });
  expect_error(ErrorKind::Usage, "input_ids would be [8, -1]", [&] { make(8, -1); });
  expect_error(ErrorKind::Usage, "more elements than can be addressed", [&] { make(kHuge, kHuge); });
  expect_error(ErrorKind::Usage, "is more than", [&] { make(1 << 20, 1 << 10); });
  expect_error(ErrorKind::Usage, "no value is valid for input_ids",
               [] { take_random(encoder(0), axes(1, 1), 1, 1); });
}

// Words a to e have the ids 5 to 9; a text of n words has n + 2 tokens.
class TextBatches : public ::testing::Test {
 protected:
  TextBatches() { folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nc\nd\ne\n"); }
  struct Made {
    std::unique_ptr<BatchSource> source;
    std::vector<Batch> batches;
  };
  [[nodiscard]] Made make(std::string_view texts, Padding padding, std::int64_t batch, std::int64_t seq,
                          std::int64_t count, std::int64_t vocab_size = 10,
                          BatchOrder order = BatchOrder::Given) const {
    const auto file = folder.write("texts.txt", texts);
    Made made;
    const TextData data{.file = file.string(), .padding = padding, .order = order, .batches = count};
    made.source = text_batches(data, folder.path(), encoder(vocab_size), axes(batch, seq));
    made.batches = take(*made.source, std::numeric_limits<std::size_t>::max());
    return made;
  }
  TemporaryFolder folder;
};

TEST_F(TextBatches, FixedPadding) {
  const Made made = make("a\nb c\nd e a b c\n", Padding::Fixed, 2, 5, 8);
  ASSERT_EQ(made.batches.size(), 2U);
  EXPECT_THAT(shape(made.batches[0].tensors), ElementsAre(2, 5));
  EXPECT_THAT(values(made.batches[0].tensors, "input_ids"), ElementsAre(2, 5, 3, 0, 0, 2, 6, 7, 3, 0));
  EXPECT_THAT(values(made.batches[0].tensors, "attention_mask"), ElementsAre(1, 1, 1, 0, 0, 1, 1, 1, 1, 0));
  EXPECT_THAT(values(made.batches[0].tensors, "token_type_ids"), Each(0));
  // The third text is cut to five tokens; then the texts start again.
  EXPECT_THAT(values(made.batches[1].tensors, "input_ids"), ElementsAre(2, 8, 9, 5, 3, 2, 5, 3, 0, 0));
  EXPECT_EQ(made.source->kind(), "text");
  EXPECT_EQ(made.batches[0].axes, axes(2, 5));
  EXPECT_EQ(made.batches[0].work.tokens, 10);
  EXPECT_EQ(made.batches[0].work.useful_tokens, 7);
  EXPECT_EQ(made.batches[1].work.useful_tokens, 8);
  EXPECT_EQ(made.source->details().at("texts"), 3);
  EXPECT_EQ(made.source->details().at("texts_used"), 3);
  EXPECT_EQ(made.source->details().at("truncated"), 1);
  EXPECT_EQ(made.source->details().at("padding_ratio"), 0.25);
  EXPECT_EQ(made.source->details().at("padding"), "fixed");
  EXPECT_EQ(made.source->details().at("lengths"),
            Json::parse(R"({"min": 3, "p50": 4, "p90": 7, "max": 7, "mean": 4.666666666666667})"));
}

TEST_F(TextBatches, LongestPaddingIsOfEachBatch) {
  const Made made = make("a\nb c\nd e a b c\nd\n", Padding::Longest, 2, 6, 8);
  ASSERT_EQ(made.batches.size(), 2U);
  EXPECT_THAT(values(made.batches[0].tensors, "input_ids"), ElementsAre(2, 5, 3, 0, 2, 6, 7, 3));
  EXPECT_THAT(shape(made.batches[0].tensors), ElementsAre(2, 4));
  EXPECT_THAT(shape(made.batches[1].tensors), ElementsAre(2, 6));
  EXPECT_EQ(made.batches[0].axes, axes(2, 4));
  EXPECT_EQ(made.batches[0].work.tokens, 8);
  EXPECT_EQ(made.batches[1].work.tokens, 12);
  EXPECT_EQ(made.source->details().at("padding"), "longest");
  EXPECT_EQ(made.source->details().at("padding_ratio"), 0.2);
}

TEST_F(TextBatches, WithoutPaddingHoldTheirTokensAlone) {
  const auto input = [](const char* name, ir::Shape shape, ir::Role role) {
    return ir::InputSpec{
        .name = name, .dtype = DType::I64, .shape = std::move(shape), .role = role, .domain = {0, 9}};
  };
  const std::vector inputs{input("ids", {ir::kTokens}, ir::Role::Ids),
                           input("offsets", {ir::kBatch + 1}, ir::Role::Offsets),
                           input("positions", {ir::kTokens}, ir::Role::Positions)};
  const auto file = folder.write("texts.txt", "a\nb c\nd e a b c\n");
  const auto source =
      text_batches({.file = file.string(), .padding = Padding::None}, folder.path(), inputs, axes(2, 5));
  const std::vector<Batch> batches = take(*source, 8);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_THAT(values(batches[0].tensors, "ids"), ElementsAre(2, 5, 3, 2, 6, 7, 3));
  EXPECT_THAT(values(batches[0].tensors, "offsets"), ElementsAre(0, 3, 7));
  EXPECT_THAT(values(batches[0].tensors, "positions"), ElementsAre(0, 1, 2, 0, 1, 2, 3));
  EXPECT_EQ(batches[0].axes, (Axes{{Axis::Batch, 2}, {Axis::Seq, 4}, {Axis::Tokens, 7}}));
  EXPECT_EQ(batches[0].work.tokens, 7);
  EXPECT_EQ(batches[0].work.useful_tokens, 7);
  // The third text is cut to five tokens.
  EXPECT_THAT(values(batches[1].tensors, "ids"), ElementsAre(2, 8, 9, 5, 3, 2, 5, 3));
  EXPECT_EQ(source->details().at("padding"), "none");
  EXPECT_EQ(source->details().at("padding_ratio"), 0);
  EXPECT_EQ(source->details().at("truncated"), 1);
}

TEST_F(TextBatches, NoMoreSetsThanAskedFor) {
  const Made made = make("a\nb\nc\nd d d\n", Padding::Fixed, 1, 4, 2);
  ASSERT_EQ(made.batches.size(), 2U);
  EXPECT_THAT(values(made.batches[1].tensors, "input_ids"), ElementsAre(2, 6, 3, 0));
  EXPECT_EQ(made.source->details().at("texts"), 4);
  EXPECT_EQ(made.source->details().at("texts_used"), 2);
  EXPECT_EQ(made.source->details().at("lengths").at("max"), 3);
}

TEST_F(TextBatches, ByLengthAfterTruncation) {
  // In tokens 7, 3, 8 and 4, of which 5 stay: the first and the third are of equal length.
  const char* texts = "a b c d e\nb\ne e e e e e\nc c\n";
  const Made made = make(texts, Padding::Longest, 2, 5, 8, 10, BatchOrder::Length);
  ASSERT_EQ(made.batches.size(), 2U);
  EXPECT_THAT(values(made.batches[0].tensors, "input_ids"), ElementsAre(2, 6, 3, 0, 2, 7, 7, 3));
  EXPECT_THAT(values(made.batches[1].tensors, "input_ids"), ElementsAre(2, 5, 6, 7, 3, 2, 9, 9, 9, 3));
  EXPECT_EQ(made.source->details().at("batch_order"), "length");
  EXPECT_EQ(made.source->details().at("truncated"), 2);
  EXPECT_EQ(made.source->details().at("padding_ratio"), 1.0 / 18);
  const Made given = make(texts, Padding::Longest, 2, 5, 8);
  EXPECT_EQ(given.source->details().at("batch_order"), "given");
  EXPECT_EQ(given.source->details().at("padding_ratio"), 3.0 / 20);
  for (const auto order : {BatchOrder::Given, BatchOrder::Length}) {
    const Made fixed = make(texts, Padding::Fixed, 2, 5, 8, 10, order);
    EXPECT_EQ(fixed.source->details().at("padding_ratio"), 3.0 / 20);
    EXPECT_EQ(fixed.batches[0].work.texts, 2);
  }
}

TEST_F(TextBatches, ByLengthAreOfTheSameTextsAsGiven) {
  // Of five texts two batches of two: the fifth, the shortest, is not among them.
  const Made made = make("a b c\nb b\nc c c c\nd d\ne\n", Padding::Longest, 2, 8, 2, 10, BatchOrder::Length);
  ASSERT_EQ(made.batches.size(), 2U);
  EXPECT_THAT(values(made.batches[0].tensors, "input_ids"), ElementsAre(2, 6, 6, 3, 2, 8, 8, 3));
  EXPECT_EQ(made.source->details().at("texts_used"), 4);
}

TEST_F(TextBatches, FewerTextsThanABatchStartAgain) {
  const Made made = make("a\nb\n", Padding::Fixed, 5, 3, 4);
  ASSERT_EQ(made.batches.size(), 1U);
  EXPECT_THAT(values(made.batches[0].tensors, "input_ids"),
              ElementsAre(2, 5, 3, 2, 6, 3, 2, 5, 3, 2, 6, 3, 2, 5, 3));
  EXPECT_EQ(made.source->details().at("padding_ratio"), 0.0);
}

TEST_F(TextBatches, Errors) {
  expect_error(ErrorKind::Usage, "sequence length of at least 2",
               [&] { (void)make("a\n", Padding::Fixed, 1, 1, 1); });
  expect_error(ErrorKind::Usage, "token ids up to 9, but the model's vocab_size is 9",
               [&] { (void)make("a\n", Padding::Fixed, 1, 8, 1, 9); });
  folder.write("tokenizer_config.json", R"({"added_tokens_decoder": {"12": {"content": "[DATE]"}}})");
  EXPECT_EQ(make("a\n", Padding::Fixed, 1, 8, 1).batches.size(), 1U);
  expect_error(ErrorKind::Usage, "token id 10 is outside the model's vocabulary of 10",
               [&] { (void)make("a [DATE]\n", Padding::Fixed, 1, 8, 1); });
  const TemporaryFolder other;
  expect_error(ErrorKind::Usage, "no tokenizer here", [&] {
    text_batches({"x.txt", "", Padding::Fixed}, other.path(), encoder(10), axes(1, 8));
  });
}

TEST_F(TextBatches, AreOfTheFileThatWasMeant) {
  const auto file = folder.write("texts.txt", "b\n");
  const TextData data{.file = file.string(), .hash = text_file_hash(file)};
  EXPECT_EQ(data.hash.size(), 32U);
  EXPECT_TRUE(text_batches(data, folder.path(), encoder(10), axes(1, 4))->next().has_value());
  folder.write("texts.txt", "c\n");
  expect_error(ErrorKind::Usage, "it is not the file that this run began with",
               [&] { text_batches(data, folder.path(), encoder(10), axes(1, 4)); });
}

TEST_F(TextBatches, FillWhatTheModelTakes) {
  const auto file = folder.write("texts.txt", "b\n");
  const auto make = [&](const std::vector<ir::InputSpec>& inputs) {
    return text_batches({file.string(), "", Padding::Fixed}, folder.path(), inputs, axes(1, 4))->next();
  };
  const auto batch = make({spec("which", ir::Role::Mask, 1), spec("words", ir::Role::Ids, 9)});
  const NamedTensors& set = batch.value().tensors;
  EXPECT_EQ(set.size(), 2U);
  EXPECT_THAT(values(set, "words"), ElementsAre(2, 6, 3, 0));
  EXPECT_THAT(values(set, "which"), ElementsAre(1, 1, 1, 0));
  expect_error(ErrorKind::Usage, "the model's input scan cannot be made of text", [&] {
    make({spec("words", ir::Role::Ids, 9), spec("scan", ir::Role::Pixels, 1)});
  });
  expect_error(ErrorKind::Usage, "takes no token ids", [&] { make({spec("which", ir::Role::Mask, 1)}); });
}

}  // namespace
}  // namespace medbench
