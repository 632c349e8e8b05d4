#include <gtest/gtest.h>

#include "backend/onnxruntime/onnxruntime_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class OnnxRuntime : public ::testing::TestWithParam<Suite> {};

TEST_P(OnnxRuntime, IsCloseToTheOracle) {
  run_suite(make_onnxruntime_backend, GetParam());
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, OnnxRuntime, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
