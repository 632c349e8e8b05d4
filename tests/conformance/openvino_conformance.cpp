#include <gtest/gtest.h>

#include "backend/openvino/openvino_backend.hpp"
#include "tests/conformance/bounds.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class OpenVino : public ::testing::TestWithParam<Suite> {};

TEST_P(OpenVino, IsCloseToTheOracle) {
  // bf16 is OpenVINO's own conversion of the fp32 graph.
  const Oracle oracle = GetParam().precision == "fp32" ? Oracle::SamePrecision : Oracle::Fp32;
  // Its conversion to bf16 cuts off where the oracle rounds to nearest: a whole unit in the last place.
  std::optional<Bound> bound;
  if (GetParam().family == "QuantizedLinear") bound = kInt8Linear;  // with ranges of its own for x
  if (GetParam().family == "Cast" && GetParam().precision == "fp32") bound = Bound{0, kBf16Unit};
  run_suite(make_openvino_backend, GetParam(), {.oracle = oracle, .bound = bound});
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, OpenVino, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
