#include "ir/dim.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

using testing::batch_seq;
using testing::expect_error;

TEST(Dim, MultipliesNumbersAndSymbols) {
  constexpr Dim area = kBatch * kSeq * Dim{12} * kSeq;
  EXPECT_EQ(area.factor, 12);
  EXPECT_EQ(area.power(Axis::Batch), 1);
  EXPECT_EQ(area.power(Axis::Seq), 2);
  EXPECT_EQ(area.power(Axis::Tokens), 0);
  EXPECT_EQ(area, kSeq * 4 * kSeq * 3 * kBatch);
  EXPECT_TRUE(Dim{7}.is_static());
  EXPECT_FALSE(kSeq.is_static());
}

TEST(Dim, AddsNumbers) {
  EXPECT_EQ(Dim{3} + 4, Dim{7});
  EXPECT_EQ(kBatch + 1 + 2, kBatch + 3);
  EXPECT_EQ(kBatch + 1 + -1, kBatch);
  EXPECT_NE(kBatch + 1, kBatch);
  EXPECT_NE(kBatch + 1, kSeq + 1);
  EXPECT_FALSE((kBatch + 1).is_static());
}

TEST(Dim, KnowsASymbolWithItsOffset) {
  EXPECT_EQ(kTokens.symbol(), Axis::Tokens);
  EXPECT_EQ((kBatch + 1).symbol(), Axis::Batch);
  for (const Dim& other : {Dim{3}, Dim{2} * kBatch, kBatch * kSeq, kSeq * kSeq})
    EXPECT_EQ(other.symbol(), std::nullopt) << to_string(other);
}

TEST(Dim, IsPositiveWhereTheSmallestSizesAre) {
  for (const Dim& dim : {Dim{1}, kBatch + 1, Dim{2} * kSeq + -1})
    EXPECT_TRUE(dim.is_positive()) << to_string(dim);
  for (const Dim& dim : {Dim{0}, kSeq + -1, Dim{-1} * kSeq + 9})
    EXPECT_FALSE(dim.is_positive()) << to_string(dim);
}

TEST(Dim, RefusesProductsOfSums) {
  expect_error(ErrorKind::Internal, "batch+1 times seq is no dimension", [] { (void)((kBatch + 1) * kSeq); });
  expect_error(ErrorKind::Internal, "2 times batch+1 is no dimension", [] { (void)(Dim{2} * (kBatch + 1)); });
  EXPECT_EQ(product(kBatch + 1, kBatch + 1), std::nullopt);
  EXPECT_EQ(product(std::int64_t{1} << 40, std::int64_t{1} << 40), std::nullopt);
}

TEST(Dim, PrintsByTheTableOfAxes) {
  EXPECT_EQ(to_string(Dim{768}), "768");
  EXPECT_EQ(to_string(kBatch), "batch");
  EXPECT_EQ(to_string(kTokens), "tokens");
  EXPECT_EQ(to_string(kBatch * kSeq), "batch*seq");
  EXPECT_EQ(to_string(Dim{12} * kBatch), "12*batch");
  EXPECT_EQ(to_string(kSeq * kSeq), "seq^2");
  EXPECT_EQ(to_string(kBatch + 1), "batch+1");
  EXPECT_EQ(to_string(Dim{2} * kSeq + -1), "2*seq-1");
  EXPECT_EQ(to_string(Shape{kBatch, kSeq, 768}), "[batch, seq, 768]");
  EXPECT_EQ(to_string(Shape{}), "[]");
}

TEST(Dim, BindsSymbolsToNumbers) {
  const Axes axes = batch_seq(4, 128);
  EXPECT_EQ(ir::bind(Dim{3}, {}), 3);
  EXPECT_EQ(ir::bind(kBatch * kSeq * Dim{3}, axes), 3 * 4 * 128);
  EXPECT_EQ(ir::bind(kSeq * kSeq, axes), 128 * 128);
  EXPECT_EQ(ir::bind(kBatch + 1, axes), 5);
  EXPECT_EQ(ir::bind(Shape{kTokens, 768}, {{Axis::Tokens, 300}}), (std::vector<std::int64_t>{300, 768}));
}

TEST(Dim, RefusesToBindWhatDoesNotFit) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  expect_error(ErrorKind::Usage, "3*batch does not fit into 63 bits",
               [] { (void)ir::bind(Dim{3} * kBatch, batch_seq(most / 2, 1)); });
  expect_error(ErrorKind::Usage, "batch+1 does not fit",
               [] { (void)ir::bind(kBatch + 1, batch_seq(most, 1)); });
}

TEST(Dim, NamesTheSymbolThatHasNoNumber) {
  expect_error(ErrorKind::Internal, "dimension 2*tokens+1 cannot be bound: 'tokens' has no number",
               [] { (void)ir::bind(Dim{2} * kTokens + 1, batch_seq(2, 7)); });
}

}  // namespace
}  // namespace medbench::ir
