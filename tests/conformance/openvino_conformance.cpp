#include <gtest/gtest.h>

#include "backend/openvino/openvino_backend.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/conformance/families.hpp"
#include "tests/conformance/regions.hpp"

namespace medbench::conformance {
namespace {

class OpenVino : public ::testing::TestWithParam<Suite> {};

TEST_P(OpenVino, IsCloseToTheOracle) {
  // bf16 is OpenVINO's own conversion of the fp32 graph.
  const bool is_bf16 = GetParam().precision == "bf16";
  SuiteOptions options{.backend = "openvino", .oracle = is_bf16 ? Oracle::Fp32 : Oracle::SamePrecision};
  if (GetParam().family == "QuantizedLinear") options.bound = kInt8Linear;  // with ranges of its own for x
  // Its conversion to bf16 cuts off where the oracle rounds to nearest: a whole unit in the last place.
  if (GetParam().family == "Cast" && !is_bf16) options.bound = Bound{0, kBf16Unit};
  run_suite(make_openvino_backend, GetParam(), options);
}

TEST(OpenVinoIntegers, AreThoseOfConvolutionsToo) {
  expect_integer_convolutions(*make_openvino_backend());
}

TEST(OpenVinoTexts, RunWithoutPadding) {
  expect_packed_texts(*make_openvino_backend(), Target{}, {3e-5, 1e-5});
}

TEST(OpenVinoRegions, AllocateWithinTheirLimits) {
  expect_steady_regions(*make_openvino_backend(), "openvino");
  expect_steady_regions(*make_openvino_backend(), "openvino", {{"ov.call", "start_async"}});
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, OpenVino, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
