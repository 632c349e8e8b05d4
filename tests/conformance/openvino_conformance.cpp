#include <gtest/gtest.h>

#include "backend/openvino/openvino_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class OpenVino : public ::testing::TestWithParam<Suite> {};

TEST_P(OpenVino, IsCloseToTheOracle) {
  run_suite(make_openvino_backend, GetParam());
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, OpenVino, ::testing::ValuesIn(all_suites({"fp32", "bf16", "fp16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
