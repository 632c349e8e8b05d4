#include "base/random.hpp"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>

namespace medbench {
namespace {

// From the public-domain C program that the header names.
TEST(SplitMix64, GivesTheReferenceSequence) {
  SplitMix64 random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
  EXPECT_EQ(random.next(), 4593380528125082431U);
  EXPECT_EQ(random.next(), 16408922859458223821U);
}

TEST(SplitMix64, UniformBelow) {
  SplitMix64 random(42);
  EXPECT_EQ(random.uniform_below(0), 0U);
  EXPECT_EQ(random.uniform_below(1), 0U);
  std::array<int, 6> counts{};
  for (int i = 0; i < 60'000; ++i) ++counts.at(random.uniform_below(6));
  // Four standard deviations of a fair die are 365.
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 365);
}

TEST(SplitMix64, UniformBelowHasNoModuloBias) {
  // Below 3 x 2^62 a plain remainder would give the first third twice as often.
  constexpr std::uint64_t kThird = std::uint64_t{1} << 62U;
  SplitMix64 random(7);
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += random.uniform_below(3 * kThird) < kThird ? 1 : 0;
  EXPECT_NEAR(low, 10'000, 330);
}

}  // namespace
}  // namespace medbench
