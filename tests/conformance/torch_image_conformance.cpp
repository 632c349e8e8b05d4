// The forms that images have in the torch backend beside the one that every conformance suite runs.
#include <gtest/gtest.h>

#include "backend/torch/torch_backend.hpp"
#include "machine/isa_limits.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/support/processors.hpp"

namespace medbench::conformance {
namespace {

using Options = std::map<std::string, std::string>;

const Options kChannelsLast{{"torch.channels_last", "on"}};
const Options kCompiled{{"torch.compile", "on"}};
const Options kCompiledChannelsLast{{"torch.compile", "on"}, {"torch.channels_last", "on"}};
const Options kCompiledAlone{{"torch.compile", "on"}, {"torch.own_kernels", "off"}};

// Nothing has fallen back, but where libtorch has no oneDNN for a type: for BF16 before AVX-512.
void expect_compiled(const EngineReport& report) {
  const auto own = testing::class_of(usable_isa());
  const bool has_bf16 = own >= testing::class_named("avx512");
  const std::string error = report.details.value("compile_error", "");
  if (!has_bf16 && error.find("libtorch has no oneDNN for BFloat16") != std::string::npos) return;
  EXPECT_EQ(report.details.value("compiled", false), true) << report.details.dump();
}

class TorchImages : public ::testing::TestWithParam<Suite> {};

TEST_P(TorchImages, AreCloseWithChannelsLast) {
  run_suite(make_torch_backend, GetParam(), {.backend = "torch", .options = kChannelsLast});
}

TEST_P(TorchImages, AreCloseCompiled) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch", .options = kCompiled, .check = expect_compiled});
}

TEST_P(TorchImages, AreCloseCompiledWithChannelsLastAndThreads) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch", .threads = 2, .options = kCompiledChannelsLast, .check = expect_compiled});
}

TEST_P(TorchImages, AreCloseCompiledByLibtorchAlone) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch", .options = kCompiledAlone, .check = expect_compiled});
}

class TorchAutocast : public ::testing::TestWithParam<Suite> {};

void expect_amp(const EngineReport& report) {
  EXPECT_EQ(report.details.value("amp", false), true) << report.details.dump();
}

const Options kAmp{{"torch.amp", "on"}};
const Options kAmpCompiled{{"torch.amp", "on"}, {"torch.compile", "on"}};

TEST_P(TorchAutocast, IsCloseToFp32) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch", .oracle = Oracle::Fp32, .options = kAmp, .check = expect_amp});
}

TEST_P(TorchAutocast, IsCloseToFp32Compiled) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch", .oracle = Oracle::Fp32, .options = kAmpCompiled, .check = expect_amp});
}

class TorchAutocastCuda : public ::testing::TestWithParam<Suite> {};

TEST_P(TorchAutocastCuda, IsCloseToFp32) {
  run_suite(
      make_torch_backend, GetParam(),
      {.backend = "torch", .oracle = Oracle::Fp32, .device = "cuda", .options = kAmp, .check = expect_amp});
}

TEST_P(TorchAutocastCuda, IsCloseToFp32Compiled) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch",
             .oracle = Oracle::Fp32,
             .device = "cuda",
             .options = kAmpCompiled,
             .check = expect_amp});
}

class TorchImagesCuda : public ::testing::TestWithParam<Suite> {};

TEST_P(TorchImagesCuda, AreCloseWithChannelsLast) {
  run_suite(make_torch_backend, GetParam(), {.backend = "torch", .device = "cuda", .options = kChannelsLast});
}

TEST_P(TorchImagesCuda, AreCloseCompiled) {
  run_suite(make_torch_backend, GetParam(),
            {.backend = "torch", .device = "cuda", .options = kCompiled, .check = expect_compiled});
}

TEST_P(TorchImagesCuda, AreCloseCompiledWithChannelsLast) {
  run_suite(
      make_torch_backend, GetParam(),
      {.backend = "torch", .device = "cuda", .options = kCompiledChannelsLast, .check = expect_compiled});
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, TorchImages, ::testing::ValuesIn(image_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(AllFamilies, TorchImagesCuda,
                         ::testing::ValuesIn(image_suites({"fp32", "fp16", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

INSTANTIATE_TEST_SUITE_P(AllFamilies, TorchAutocast, ::testing::ValuesIn(all_suites({"bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(AllFamilies, TorchAutocastCuda, ::testing::ValuesIn(all_suites({"fp16", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
