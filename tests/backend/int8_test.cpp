// Which integers a target gets: with and without room for sums in 16 bits, with and without groups.
#include "backend/int8.hpp"

#include <gmock/gmock.h>
#include <optional>

#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::ScopedEnvironment;

Target target(const Quantization& quantization) {
  Target result;
  result.precision = kInt8;
  result.quantization = quantization;
  return result;
}

passes::QuantizationSettings settings(const Quantization& quantization, GroupSupport support) {
  return quantization_settings(target(quantization), support);
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
  testing::expect_error(ErrorKind::Unsupported, "which x.own_kernels=off switches off", [&] {
    (void)quantization_settings(target(given), GroupSupport::Weights, "x.own_kernels=off");
  });
  given.method = QuantizationMethod::WeightOnly;
  EXPECT_EQ(settings(given, GroupSupport::Weights).group, 32);
}

// Whatever the processor has, a limit below VNNI leaves instructions that saturate; one that limits nothing
// changes nothing.
TEST(Int8Instructions, FollowTheLimits) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "the variables are of x86";
#endif
  const ScopedEnvironment dnnl("DNNL_MAX_CPU_ISA", std::nullopt);
  const ScopedEnvironment aten("ATEN_CPU_CAPABILITY", std::nullopt);
  const ScopedEnvironment onednn("ONEDNN_MAX_CPU_ISA", std::nullopt);
  const Int8Instructions best = int8_instructions();
  for (const char* value : {"AVX2", "avx2", "AVX512_CORE"}) {
    const ScopedEnvironment limit("ONEDNN_MAX_CPU_ISA", value);
    EXPECT_TRUE(int8_instructions().saturates) << value;
  }
  for (const char* value : {"ALL", "DEFAULT", ""}) {
    const ScopedEnvironment limit("ONEDNN_MAX_CPU_ISA", value);
    EXPECT_EQ(int8_instructions().name, best.name) << value;
  }
  const ScopedEnvironment avx512("ATEN_CPU_CAPABILITY", "avx512");
  EXPECT_EQ(int8_instructions().name, best.name);
  const ScopedEnvironment avx2("ATEN_CPU_CAPABILITY", "avx2");
  EXPECT_THAT(int8_instructions().name, ::testing::AnyOf("avx2", "ssse3"));
}

}  // namespace
}  // namespace medbench
