// The interpreter's attention, of padded texts and of packed ones.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "tests/ir/interpretation.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

using testing::expect_error;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

using InterpretedAttention = Interpretation;

TEST_F(InterpretedAttention, SoftmaxSurvivesLargeScores) {
  const ValueId x = input("x", floats({2, 2}, {1000, 1000, 0, -kInfinity}));
  expect(builder.softmax(x), {2, 2}, {0.5F, 0.5F, 1, 0});
}

TEST_F(InterpretedAttention, AttentionByHeads) {
  // One sequence of two positions, two heads of one feature; scores are q * k.
  const ValueId q = input("q", floats({1, 2, 2}, {0, 1, 0, 0}));
  const ValueId k = input("k", floats({1, 2, 2}, {5, 0, 7, std::log(3.0F)}));
  const ValueId v = input("v", floats({1, 2, 2}, {1, 0, 3, 4}));
  const ValueId mask = input("mask", ints({1, 2}, {1, 1}));
  // Head 0: equal weights. Head 1: position 0 weighs 1/4 and 3/4, position 1 equally.
  expect(builder.attention(q, k, v, mask, 2), {1, 2, 2}, {2, 3, 2, 2}, {1e-6, 0});
}

TEST_F(InterpretedAttention, AttentionScalesByTheSquareRootOfTheDepth) {
  const ValueId q = input("q", floats({1, 2, 4}, {2, 0, 0, 0, 0, 0, 0, 0}));
  const ValueId k = input("k", floats({1, 2, 4}, {0, 0, 0, 0, std::log(3.0F), 0, 0, 0}));
  const ValueId v = input("v", floats({1, 2, 4}, {0, 0, 0, 0, 4, 4, 4, 4}));
  const ValueId mask = input("mask", ints({1, 2}, {1, 1}));
  expect(builder.attention(q, k, v, mask, 1), {1, 2, 4}, {3, 3, 3, 3, 2, 2, 2, 2}, {1e-6, 0});
}

TEST_F(InterpretedAttention, AttentionIgnoresMaskedKeysEvenIfInfinite) {
  const ValueId q = input("q", floats({1, 2, 1}, {1, 1}));
  const ValueId v = input("v", floats({1, 2, 1}, {6, kInfinity}));
  const ValueId mask = input("mask", ints({1, 2}, {1, 0}));
  expect(builder.attention(q, v, v, mask, 1), {1, 2, 1}, {6, 6});
}

TEST_F(InterpretedAttention, AttentionToNothingYieldsZeros) {
  const ValueId q = input("q", floats({2, 1, 1}, {1, 1}));
  const ValueId mask = input("mask", ints({2, 1}, {0, 1}));
  expect(builder.attention(q, q, q, mask, 1), {2, 1, 1}, {0, 1});
}

TEST_F(InterpretedAttention, PackedAttentionStaysWithinATextThatMayBeEmpty) {
  const ValueId q = input("q", floats({3, 1}, {0, 0, 1}));
  const ValueId v = input("v", floats({3, 1}, {1, 3, kInfinity}));
  const ValueId offsets = input("offsets", ints({4}, {0, 2, 2, 3}));
  expect(builder.packed_attention(q, q, v, offsets, 1), {3, 1}, {2, 2, kInfinity});
}

TEST_F(InterpretedAttention, PackedAttentionRefusesOffsetsThatDoNotCoverTheTokens) {
  const ValueId x = input("x", floats({3, 1}, {0, 0, 1}));
  const ValueId offsets = input("offsets", ints({3}, {0, 2, 2}));
  const ValueId y = builder.packed_attention(x, x, x, offsets, 1, "within");
  expect_error(ErrorKind::Usage,
               "node 'within': the offsets of its texts do not ascend from 0 to the 3 tokens",
               [&] { run(y); });
}

TEST_F(InterpretedAttention, PackedAttentionByHeads) {
  const ValueId q = input("q", floats({2, 2}, {0, 1, 0, 0}));
  const ValueId k = input("k", floats({2, 2}, {5, 0, 7, std::log(3.0F)}));
  const ValueId v = input("v", floats({2, 2}, {1, 0, 3, 4}));
  const ValueId offsets = input("offsets", ints({2}, {0, 2}));
  expect(builder.packed_attention(q, k, v, offsets, 2), {2, 2}, {2, 3, 2, 2}, {1e-6, 0});
}

}  // namespace
}  // namespace medbench::ir
