#include <gtest/gtest.h>

#include "backend/onnxruntime/onnxruntime_backend.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/conformance/families.hpp"
#include "tests/conformance/regions.hpp"

namespace medbench::conformance {
namespace {

class OnnxRuntime : public ::testing::TestWithParam<Suite> {};

TEST_P(OnnxRuntime, IsCloseToTheOracle) {
  run_suite(make_onnxruntime_backend, GetParam(), {.backend = "onnxruntime"});
}

class OnnxRuntimeAlone : public ::testing::TestWithParam<Suite> {};

TEST_P(OnnxRuntimeAlone, IsCloseToTheOracle) {
  run_suite(make_onnxruntime_backend, GetParam(),
            {.backend = "onnxruntime", .options = {{"ort.own_kernels", "off"}}});
}

TEST(OnnxRuntimeOperators, OfOurOwnAreAnOption) {
  expect_own_kernels_to_be_an_option(*make_onnxruntime_backend(), "ort.own_kernels", "onnxruntime");
}

// What was seen of the CUDA provider of 1.31.
SuiteOptions options_for_cuda(const Suite& suite) {
  SuiteOptions options{.backend = "onnxruntime", .device = "cuda"};
  if (suite.precision == "fp32") return options;
  const bool is_fp16 = suite.precision == "fp16";
  const double unit = is_fp16 ? kFp16Unit : kBf16Unit;
  // Its tanh and sigmoid are computed in 16 bits.
  if (suite.family == "Activate") options.bound = Bound{is_fp16 ? 1e-3 : 5e-3, 2 * unit};
  if (suite.family == "Silu") options.bound = Bound{is_fp16 ? 5e-3 : 0.02, 2 * unit};
  return options;
}

class OnnxRuntimeCuda : public ::testing::TestWithParam<Suite> {};

// Skips with the reason where the library has no CUDA provider or the machine no device.
TEST_P(OnnxRuntimeCuda, IsCloseToTheOracle) {
  run_suite(make_onnxruntime_backend, GetParam(), options_for_cuda(GetParam()));
}

class OnnxRuntimeCudaTexts : public ::testing::TestWithParam<std::pair<const char*, testing::Bound>> {};

TEST_P(OnnxRuntimeCudaTexts, RunWithoutPadding) {
  const auto& [precision, bound] = GetParam();
  for (const char* graphs : {"auto", "on", "off"}) {
    Target target;
    target.device = "cuda";
    target.precision = precision;
    target.options = {{"ort.cuda_graphs", graphs}};
    expect_packed_texts(*make_onnxruntime_backend(), target, bound);
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, OnnxRuntimeCudaTexts,
                         ::testing::Values(std::pair("fp32", testing::Bound{3e-5, 1e-5}),
                                           std::pair("fp16", testing::Bound{0.03, 4 * kFp16Unit}),
                                           std::pair("bf16", testing::Bound{0.2, 4 * kBf16Unit})),
                         [](const auto& test) { return test.param.first; });

TEST(OnnxRuntimeCudaShapes, RunEveryOpenAxis) {
  Target target;
  target.device = "cuda";
  expect_open_axes(*make_onnxruntime_backend(), target);
}

TEST(OnnxRuntimeProducts, GiveAPeak) {
  expect_peak(*make_onnxruntime_backend());
}

TEST(OnnxRuntimeShapes, RunEveryOpenAxis) {
  expect_open_axes(*make_onnxruntime_backend());
}

TEST(OnnxRuntimeShapes, RunEveryBatchOfImages) {
  expect_open_batches_of_images(*make_onnxruntime_backend());
}

TEST(OnnxRuntimeIntegers, AreThoseOfConvolutionsToo) {
  expect_integer_convolutions(*make_onnxruntime_backend());
}

TEST(OnnxRuntimeTexts, RunWithoutPadding) {
  Target target;
  expect_packed_texts(*make_onnxruntime_backend(), target, {3e-5, 1e-5});
  target.precision = kInt8;
  expect_packed_texts(*make_onnxruntime_backend(), target, kInt8Encoder);
}

TEST(OnnxRuntimeRegions, AllocateWithinTheirLimits) {
  expect_steady_regions(*make_onnxruntime_backend(), "onnxruntime");
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, OnnxRuntime, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(Encoders, OnnxRuntimeAlone,
                         ::testing::Values(Suite{"Encoder", "fp32"}, Suite{"Encoder", "int8"}),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(AllFamilies, OnnxRuntimeCuda,
                         ::testing::ValuesIn(all_suites({"fp32", "fp16", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
