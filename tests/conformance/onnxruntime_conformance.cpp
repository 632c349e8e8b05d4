#include <gtest/gtest.h>

#include "backend/onnxruntime/onnxruntime_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class OnnxRuntime : public ::testing::TestWithParam<Suite> {};

TEST_P(OnnxRuntime, IsCloseToTheOracle) {
  run_suite(make_onnxruntime_backend, GetParam());
}

class OnnxRuntimeCuda : public ::testing::TestWithParam<Suite> {};

// Skips with the reason where the library has no CUDA provider or the machine no device.
TEST_P(OnnxRuntimeCuda, IsCloseToTheOracle) {
  if (GetParam().family == "QuantizedLinear") GTEST_SKIP() << "integers run on the CPU alone";
  run_suite(make_onnxruntime_backend, GetParam(), Oracle::SamePrecision, "cuda");
}

TEST(OnnxRuntimeProducts, GiveAPeak) {
  expect_peak(*make_onnxruntime_backend());
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, OnnxRuntime, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(AllFamilies, OnnxRuntimeCuda,
                         ::testing::ValuesIn(all_suites({"fp32", "fp16", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
