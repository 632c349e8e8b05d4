// The forms that images have in the torch backend beside the one that every conformance suite runs.
#include <gtest/gtest.h>

#include "backend/torch/torch_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

using Options = std::map<std::string, std::string>;

const Options kChannelsLast{{"torch.channels_last", "on"}};
const Options kCompiled{{"torch.compile", "on"}};
const Options kCompiledChannelsLast{{"torch.compile", "on"}, {"torch.channels_last", "on"}};
const Options kCompiledAlone{{"torch.compile", "on"}, {"torch.own_kernels", "off"}};

// Nothing has fallen back.
void expect_compiled(const EngineReport& report) {
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

}  // namespace
}  // namespace medbench::conformance
