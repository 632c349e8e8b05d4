#include "data/text_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "data/text_use.hpp"
#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::expect_error;

std::vector<std::size_t> rows(BatchOrder order, const std::vector<std::size_t>& lengths, std::size_t batch) {
  return plan_rows(order, lengths, batch);
}

TEST(TextPlan, AsGiven) {
  EXPECT_THAT(rows(BatchOrder::Given, {9, 3, 5, 4}, 2), ElementsAre(0, 1, 2, 3));
}

TEST(TextPlan, ByLengthTheShortestFirstAndEqualOnesAsInTheFile) {
  EXPECT_THAT(rows(BatchOrder::Length, {9, 3, 5, 3, 9, 3}, 3), ElementsAre(1, 3, 5, 2, 0, 4));
}

// The texts that fill the last batch are the first ones of the file in either order.
TEST(TextPlan, HasTheSameRowsInEitherOrderWhereTheTextsStartAgain) {
  EXPECT_THAT(rows(BatchOrder::Given, {9, 3, 5}, 2), ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(rows(BatchOrder::Length, {9, 3, 5}, 2), ElementsAre(1, 2, 0, 0));
  EXPECT_THAT(rows(BatchOrder::Given, {4, 3}, 5), ElementsAre(0, 1, 0, 1, 0));
  EXPECT_THAT(rows(BatchOrder::Length, {4, 3}, 5), ElementsAre(1, 1, 0, 0, 0));
}

TEST(TextPlan, RunsTheFirstTextsOfAFile) {
  const auto used = [](std::int64_t batches, std::size_t texts, std::size_t batch_size) {
    return texts_used({.file = "notes.txt", .batches = batches}, texts, batch_size);
  };
  EXPECT_EQ(used(25, 200, 8), 200U);
  EXPECT_EQ(used(24, 200, 8), 192U);
  EXPECT_EQ(used(1, 3, 8), 3U);
  EXPECT_EQ(used(2, 3, 2), 3U);
  EXPECT_EQ(used(kMostTextBatches, 1'000'000, 65'536), 1'000'000U);
  EXPECT_EQ(used(kAllTextBatches, 1'024, 1), 1'024U);
  expect_error(ErrorKind::Usage,
               "notes.txt: its 2049 texts are 1025 batches of 2, and at most 1024 can be run; give "
               "--text-batches N",
               [&] { used(kAllTextBatches, 2'049, 2); });
}

TEST(TextUse, KnowsTheLargestBatchWithoutPadding) {
  const TextUse use{.texts = 6, .lengths = {9, 3, 5, 3, 9}, .notes = {}};
  const auto tokens = [&](BatchOrder order, std::int64_t batch, std::int64_t seq) {
    const TextData text{.file = "notes.txt", .order = order, .batches = 2};
    return largest_packed_batch(use, text, {{Axis::Batch, batch}, {Axis::Seq, seq}})[Axis::Tokens];
  };
  EXPECT_EQ(tokens(BatchOrder::Given, 2, 100), 12) << "9 + 3 of the first four texts";
  EXPECT_EQ(tokens(BatchOrder::Length, 2, 100), 14) << "5 + 9";
  EXPECT_EQ(tokens(BatchOrder::Given, 2, 4), 7) << "9 and 5 are cut to 4";
  EXPECT_EQ(tokens(BatchOrder::Given, 5, 100), 29);
  EXPECT_EQ(tokens(BatchOrder::Given, 1, 6), 6) << "of two batches of one text each";
}

}  // namespace
}  // namespace medbench
