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

Parity parity_of(const HostTensor& reference, const HostTensor& candidate) {
  const ParityCheck check = compare_outputs(reference.view(), candidate.view());
  EXPECT_EQ(check.reason, "");
  return check.parity.value();
}

std::string reason_of(const HostTensor& reference, const HostTensor& candidate) {
  const ParityCheck check = compare_outputs(reference.view(), candidate.view());
  EXPECT_FALSE(check.parity.has_value());
  return check.reason;
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
  const ParityCheck check = compare_outputs(reference.view(), candidate.view(), &view);
  EXPECT_EQ(check.parity.value().max_abs, 0);
  const std::vector<std::int64_t> zeros{0, 0};
  const auto nothing = HostTensor::from_i64({1, 2}, zeros);
  const TensorView none = nothing.view();
  EXPECT_EQ(compare_outputs(reference.view(), candidate.view(), &none).reason, "every token is padding");
}

TEST(Parity, CosineOfZeros) {
  const auto zeros = tensor({1, 1, 2}, {0, 0});
  const auto other = tensor({1, 1, 2}, {0, 1});
  EXPECT_EQ(parity_of(zeros, zeros).cosine, 1);
  EXPECT_EQ(parity_of(zeros, other).cosine, 0);
  EXPECT_EQ(parity_of(other, zeros).cosine, 0);
}

TEST(Parity, AccumulatesInDouble) {
  // In float the sum of 2^25 squares of 1 would stop at 2^24.
  constexpr std::int64_t kCount = std::int64_t{1} << 25;
  const std::vector<float> ones(kCount, 1.0F);
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
