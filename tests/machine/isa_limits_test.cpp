// What the values of oneDNN's and ATen's variables leave, and what they do not know.
#include "machine/isa_limits.hpp"

#include <array>
#include <gmock/gmock.h>
#include <optional>
#include <string>
#include <vector>

#include "machine/cpu_info.hpp"
#include "machine/proc_file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::ScopedEnvironment;

// The variables as they are meant, whatever surrounds the test.
struct Limits {
  ScopedEnvironment onednn;
  ScopedEnvironment dnnl;
  ScopedEnvironment aten;

  explicit Limits(const std::optional<std::string>& onednn_value,
                  const std::optional<std::string>& dnnl_value = std::nullopt,
                  const std::optional<std::string>& aten_value = std::nullopt)
      : onednn("ONEDNN_MAX_CPU_ISA", onednn_value),
        dnnl("DNNL_MAX_CPU_ISA", dnnl_value),
        aten("ATEN_CPU_CAPABILITY", aten_value) {}
};

// Of a processor that has everything, from the least on.
std::string left() {
  std::string names;
  for (const char* name : {"sse4_2", "avx", "avx2", "avx_vnni", "avx512bw", "avx512_vnni", "avx512_bf16",
                           "avx512_fp16", "amx_int8", "amx_fp16"}) {
    if (is_isa_allowed(name)) names += std::string{names.empty() ? "" : " "} + name;
  }
  return names;
}

constexpr const char* kSse = "sse4_2";
constexpr const char* kAvx = "sse4_2 avx";
constexpr const char* kAvx2 = "sse4_2 avx avx2";
constexpr const char* kAvx2Vnni = "sse4_2 avx avx2 avx_vnni";
constexpr const char* kAvx512 = "sse4_2 avx avx2 avx512bw";
constexpr const char* kVnni = "sse4_2 avx avx2 avx512bw avx512_vnni";
constexpr const char* kBf16 = "sse4_2 avx avx2 avx512bw avx512_vnni avx512_bf16";
constexpr const char* kFp16 = "sse4_2 avx avx2 avx_vnni avx512bw avx512_vnni avx512_bf16 avx512_fp16";
constexpr const char* kAmx = "sse4_2 avx avx2 avx_vnni avx512bw avx512_vnni avx512_bf16 avx512_fp16 amx_int8";
constexpr const char* kAll =
    "sse4_2 avx avx2 avx_vnni avx512bw avx512_vnni avx512_bf16 avx512_fp16 amx_int8 amx_fp16";

struct Row {
  const char* value;
  const char* left;
};

TEST(IsaLimits, OneDnn) {
  constexpr std::array kRows{
      Row{"SSE41", kSse},
      Row{"AVX", kAvx},
      Row{"AVX2", kAvx2},
      Row{"avx2", kAvx2},
      Row{"Avx2", kAvx2},
      Row{"AVX2_VNNI", kAvx2Vnni},
      Row{"AVX2_VNNI_2", kAvx2Vnni},
      Row{"AVX512_CORE", kAvx512},
      Row{"AVX512_CORE_VNNI", kVnni},
      Row{"AVX512_CORE_BF16", kBf16},
      Row{"AVX512_CORE_FP16", kFp16},
      Row{"AVX10_1_512", kFp16},
      Row{"AVX512_CORE_AMX", kAmx},
      Row{"AVX10_1_512_AMX", kAmx},
      Row{"AVX512_CORE_AMX_FP16", kAll},
      Row{"AVX10_1_512_AMX_FP16", kAll},
      Row{"AVX10_2", kFp16},
      Row{"AVX10_2_512", kFp16},
      Row{"AVX10_2_AMX_2", kAll},
      Row{"AVX10_2_512_AMX_2", kAll},
      Row{"DEFAULT", kAll},
      Row{"default", kAll},
      // oneDNN 1 knew ALL; for oneDNN 3 it is as unknown as these.
      Row{"ALL", kAll},
      Row{"AVX512", kAll},
      Row{" AVX2", kAll},
      Row{"AVX2 ", kAll},
      Row{"", kAll},
  };
  for (const Row& row : kRows) {
    const Limits limits(row.value);
    EXPECT_EQ(left(), row.left) << '"' << row.value << '"';
  }
}

TEST(IsaLimits, Aten) {
  constexpr std::array kRows{
      Row{"default", kSse}, Row{"avx2", kAvx2}, Row{"avx512", kAll},      Row{"AVX2", kAll},
      Row{"AVX512", kAll},  Row{"", kAll},      Row{"avx512_vnni", kAll}, Row{"DEFAULT", kAll},
  };
  for (const Row& row : kRows) {
    const Limits limits(std::nullopt, std::nullopt, row.value);
    EXPECT_EQ(left(), row.left) << '"' << row.value << '"';
  }
}

TEST(IsaLimits, TheOldNameCountsWhereTheNewOneSaysNothing) {
  EXPECT_EQ((Limits(std::nullopt, "AVX2"), left()), kAvx2);
  EXPECT_EQ((Limits("", "AVX2"), left()), kAvx2);
  EXPECT_EQ((Limits("AVX512_CORE", "AVX2"), left()), kAvx512);
  EXPECT_EQ((Limits("no value", "AVX2"), left()), kAll);
}

TEST(IsaLimits, EachVariableForbidsWhatItForbids) {
  EXPECT_EQ((Limits(std::nullopt), left()), kAll);
  EXPECT_EQ((Limits("AVX2_VNNI", std::nullopt, "avx2"), left()), kAvx2);
  EXPECT_EQ((Limits("AVX512_CORE", std::nullopt, "avx512"), left()), kAvx512);
}

TEST(IsaLimits, NamesThatNoVariableKnowsAreAllowed) {
  const Limits limits("SSE41", std::nullopt, "default");
  EXPECT_TRUE(is_isa_allowed("neon"));
  EXPECT_TRUE(is_isa_allowed("sve2"));
}

TEST(IsaLimits, UsableIsWhatTheProcessorHasAndTheyLeave) {
  const std::vector<std::string> all = parse_cpu_info(read_proc_file("/proc/cpuinfo"), {}).isa;
  ASSERT_FALSE(all.empty());
  EXPECT_EQ((Limits(std::nullopt), usable_isa()), all);
  const Limits limits("AVX2");
  std::vector<std::string> expected = all;
  std::erase_if(expected, [](const std::string& name) { return !is_isa_allowed(name); });
  EXPECT_EQ(usable_isa(), expected);
  EXPECT_THAT(usable_isa(), ::testing::Each(::testing::Not(::testing::StartsWith("avx512"))));
}

}  // namespace
}  // namespace medbench
