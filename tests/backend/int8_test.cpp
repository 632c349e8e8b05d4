// Which integers a job gets: with and without room for sums in 16 bits, with and without groups.
#include "backend/int8.hpp"

#include <cstdlib>
#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

Job job(const Quantization& quantization) {
  Job result;
  result.precision = kInt8;
  result.quantization = quantization;
  return result;
}

passes::QuantizationSettings settings(const Quantization& quantization, GroupSupport support) {
  return quantization_settings(job(quantization), support);
}

Quantization with(ReducedRange range, std::int64_t bits = 8) {
  Quantization result;
  result.reduced_range = range;
  result.bits = bits;
  return result;
}

TEST(QuantizationSettings, ReducedRangesTakeGroupsWhereTheBackendHasThem) {
  const Quantization reduced = with(ReducedRange::On);
  const auto groups = settings(reduced, GroupSupport::Everything);
  EXPECT_EQ(groups.group, 64);
  EXPECT_EQ(groups.weight_max, 127);
  EXPECT_EQ(groups.activation_max, 180);
  EXPECT_TRUE(groups.int16_sums);
  for (const GroupSupport support : {GroupSupport::None, GroupSupport::Weights}) {
    const auto whole = settings(reduced, support);
    EXPECT_EQ(whole.group, 0);
    EXPECT_EQ(whole.weight_max, 63);
    EXPECT_EQ(whole.activation_max, 255);
    EXPECT_FALSE(whole.int16_sums);
  }
}

TEST(QuantizationSettings, WholeRangesTakeNone) {
  const auto whole = settings(with(ReducedRange::Off), GroupSupport::Everything);
  EXPECT_EQ(whole.group, 0);
  EXPECT_EQ(whole.weight_max, 127);
  EXPECT_EQ(whole.activation_max, 255);
}

TEST(QuantizationSettings, WeightsAloneAreInGroups) {
  Quantization weights;
  weights.method = QuantizationMethod::WeightOnly;
  EXPECT_EQ(settings(weights, GroupSupport::Weights).group, 128);
  EXPECT_EQ(settings(weights, GroupSupport::None).group, 0);
  EXPECT_FALSE(settings(weights, GroupSupport::Everything).int16_sums);
}

TEST(QuantizationSettings, FourBitsNeedNoReducedRange) {
  const Quantization four = with(ReducedRange::On, 4);
  const auto groups = settings(four, GroupSupport::Everything);
  EXPECT_EQ(groups.group, 64);
  EXPECT_EQ(groups.weight_max, 7);
  EXPECT_EQ(groups.activation_max, 255);
  EXPECT_TRUE(groups.int16_sums);
  const auto whole = settings(four, GroupSupport::None);
  EXPECT_EQ(whole.weight_max, 7);
  EXPECT_EQ(whole.activation_max, 255);
}

TEST(QuantizationSettings, ObeyTheSizeThatIsGiven) {
  Quantization given = with(ReducedRange::On);
  given.group_size = 0;
  EXPECT_EQ(settings(given, GroupSupport::Everything).group, 0);
  given.group_size = 32;
  EXPECT_EQ(settings(given, GroupSupport::Everything).group, 32);
  testing::expect_error(ErrorKind::Unsupported, "int8 in groups of 32 with method dynamic is not possible",
                        [&] { (void)settings(given, GroupSupport::Weights); });
  given.method = QuantizationMethod::WeightOnly;
  EXPECT_EQ(settings(given, GroupSupport::Weights).group, 32);
}

TEST(Int8Instructions, AreAvx2WhereAVariableLimitsThem) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "the variable is of x86";
#endif
  ::setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
  const Int8Instructions limited = int8_instructions();
  ::unsetenv("ONEDNN_MAX_CPU_ISA");
  EXPECT_TRUE(limited.saturates);
  EXPECT_TRUE(limited.name == "avx2" || limited.name == "ssse3") << limited.name;
}

}  // namespace
}  // namespace medbench
