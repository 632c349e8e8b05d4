#include "accuracy/parity.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace medbench {
namespace {

using ::testing::HasSubstr;

HostTensor tensor(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  return HostTensor::from_f32(std::move(shape), values);
}

ParitySums sums_of(const HostTensor& reference, const HostTensor& candidate) {
  ParitySums sums;
  EXPECT_EQ(sums.add(reference.view(), candidate.view()), "");
  return sums;
}

Parity parity_of(const HostTensor& reference, const HostTensor& candidate) {
  const ParitySums sums = sums_of(reference, candidate);
  EXPECT_EQ(sums.problem(), "");
  return sums.parity();
}

std::string reason_of(const HostTensor& reference, const HostTensor& candidate) {
  return ParitySums().add(reference.view(), candidate.view());
}

TEST(Parity, OfATensorWithItselfIsPerfect) {
  const auto a = tensor({1, 2, 2}, {1, -2, 0.5F, 3});
  const Parity parity = parity_of(a, a);
  EXPECT_EQ(parity.mse, 0);
  EXPECT_EQ(parity.max_abs, 0);
  EXPECT_DOUBLE_EQ(parity.cosine, 1);
  EXPECT_EQ(parity.top1_match, 1);
  EXPECT_EQ(parity.kl, 0);
}

TEST(Parity, IsExactOnSmallNumbers) {
  // Differences 1, 0, -2, 0; products 1*2 + 2*2 + 3*1 + 0; squares 1+4+9 and 4+4+1.
  const Parity parity = parity_of(tensor({1, 2, 2}, {1, 2, 3, 0}), tensor({1, 2, 2}, {2, 2, 1, 0}));
  EXPECT_DOUBLE_EQ(parity.mse, 5.0 / 4);
  EXPECT_DOUBLE_EQ(parity.max_abs, 2);
  EXPECT_DOUBLE_EQ(parity.cosine, 9 / std::sqrt(14.0 * 9));
}

TEST(Parity, DivergenceIsTheMeanOverTheTokens) {
  // softmax(0, 0) = (1/2, 1/2), softmax(ln 3, 0) = (3/4, 1/4); the second token agrees up to a constant,
  // which softmax does not see.
  const auto log3 = static_cast<float>(std::log(3.0));
  const Parity parity = parity_of(tensor({1, 2, 2}, {0, 0, 1, 2}), tensor({1, 2, 2}, {log3, 0, 11, 12}));
  const double first = 0.5 * std::log(0.5 / 0.75) + 0.5 * std::log(0.5 / 0.25);
  EXPECT_NEAR(parity.kl, first / 2, 1e-7);
}

TEST(Parity, DivergenceSurvivesLargeLogits) {
  const Parity parity = parity_of(tensor({1, 1, 2}, {1e4F, 0}), tensor({1, 1, 2}, {0, 1e4F}));
  EXPECT_NEAR(parity.kl, 1e4, 1e-6);
}

TEST(Parity, TopOneLooksAtTheFirstTokenOfEachSequence) {
  // Sequences of two tokens: the first agrees, the second differs in its first token, and the third differs
  // in its second token only.
  const Parity parity = parity_of(tensor({3, 2, 2}, {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0}),
                                  tensor({3, 2, 2}, {9, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1}));
  EXPECT_DOUBLE_EQ(parity.top1_match, 2.0 / 3);
}

TEST(Parity, TakesOneVectorASequence) {
  const Parity parity = parity_of(tensor({2, 2}, {1, 0, 0, 1}), tensor({2, 2}, {1, 0, 1, 0}));
  EXPECT_DOUBLE_EQ(parity.top1_match, 0.5);
  EXPECT_DOUBLE_EQ(parity.mse, 0.5);
}

TEST(Parity, LeavesPaddingOut) {
  const auto reference = tensor({1, 2, 2}, {1, 2, 3, 4});
  const auto candidate = tensor({1, 2, 2}, {1, 2, -100, 50});
  const std::vector<std::int64_t> ones{1, 0};
  const auto mask = HostTensor::from_i64({1, 2}, ones);
  const TensorView view = mask.view();
  ParitySums sums;
  EXPECT_EQ(sums.add(reference.view(), candidate.view(), &view), "");
  EXPECT_EQ(sums.parity().max_abs, 0);
  const std::vector<std::int64_t> zeros{0, 0};
  const auto nothing = HostTensor::from_i64({1, 2}, zeros);
  const TensorView none = nothing.view();
  ParitySums padding;
  EXPECT_EQ(padding.add(reference.view(), candidate.view(), &none), "");
  EXPECT_EQ(padding.problem(), "every token is padding");
}

TEST(Parity, AZeroOutputAgreesWithNoOther) {
  const auto zeros = tensor({1, 1, 2}, {0, 0});
  const auto other = tensor({1, 1, 2}, {0, 1});
  EXPECT_EQ(parity_of(zeros, other).cosine, 0);
  EXPECT_EQ(parity_of(other, zeros).cosine, 0);
}

TEST(Parity, TellsNothingOfOutputsThatAreOneNumber) {
  const auto zeros = tensor({1, 1, 2}, {0, 0});
  const auto ones = tensor({1, 1, 2}, {1, 1});
  const auto twos = tensor({1, 1, 2}, {2, 2});
  EXPECT_EQ(sums_of(zeros, zeros).problem(), "the reference and the row are all zero: nothing can be told");
  EXPECT_EQ(sums_of(ones, twos).problem(),
            "the reference is 1 throughout and the row 2: nothing can be told");
  ParitySums both = sums_of(zeros, zeros);
  both.add(sums_of(ones, ones));
  EXPECT_EQ(both.problem(), "") << "two batches that differ";
}

TEST(Parity, OfBatchesIsThatOfAllTheirTokens) {
  const auto reference = tensor({3, 2}, {1, 2, 3, 0, -1, 4});
  const auto candidate = tensor({3, 2}, {2, 2, 1, 0, -1, 5});
  const Parity whole = parity_of(reference, candidate);
  ParitySums sums = sums_of(tensor({2, 2}, {1, 2, 3, 0}), tensor({2, 2}, {2, 2, 1, 0}));
  sums.add(sums_of(tensor({1, 2}, {-1, 4}), tensor({1, 2}, {-1, 5})));
  const Parity parts = sums.parity();
  EXPECT_DOUBLE_EQ(parts.mse, whole.mse);
  EXPECT_DOUBLE_EQ(parts.cosine, whole.cosine);
  EXPECT_DOUBLE_EQ(parts.kl, whole.kl);
  EXPECT_EQ(parts.max_abs, whole.max_abs);
  EXPECT_DOUBLE_EQ(parts.top1_match, whole.top1_match);
}

TEST(Parity, AccumulatesInDouble) {
  // In float the sum of 2^25 squares of 1 would stop at 2^24.
  constexpr std::int64_t kCount = std::int64_t{1} << 25;
  std::vector<float> ones(kCount, 1.0F);
  ones.back() = -1;
  const auto a = tensor({1, kCount / 64, 64}, ones);
  EXPECT_DOUBLE_EQ(parity_of(a, a).cosine, 1);
}

TEST(Parity, RefusesAnotherShape) {
  EXPECT_EQ(reason_of(tensor({1, 1, 2}, {1, 2}), tensor({1, 2, 1}, {1, 2})),
            "the output has the shape [1, 2, 1], the reference [1, 1, 2]");
}

TEST(Parity, RefusesNumbersThatAreNone) {
  const auto good = tensor({1, 1, 2}, {1, 2});
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    const auto broken = tensor({1, 1, 2}, {1, bad});
    EXPECT_THAT(reason_of(good, broken), HasSubstr("1 of 2 numbers of the output"));
    EXPECT_THAT(reason_of(broken, good), HasSubstr("1 of 2 numbers of the reference"));
  }
}

TEST(Parity, RefusesWhatIsNoOutput) {
  EXPECT_THAT(reason_of(tensor({0, 2}, {}), tensor({0, 2}, {})), HasSubstr("cannot be compared"));
  EXPECT_THAT(reason_of(tensor({2}, {1, 2}), tensor({2}, {1, 2})), HasSubstr("cannot be compared"));
  const std::vector<std::int64_t> ids{1, 2};
  const auto integers = HostTensor::from_i64({1, 1, 2}, ids);
  EXPECT_THAT(reason_of(integers, integers), HasSubstr("not floating-point"));
}

}  // namespace
}  // namespace medbench
