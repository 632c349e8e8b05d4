#include <gtest/gtest.h>

#include "backend/pjrt/pjrt_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class Pjrt : public ::testing::TestWithParam<Suite> {};

TEST_P(Pjrt, IsCloseToTheOracle) {
  run_suite([] { return make_pjrt_backend(); }, GetParam());
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, Pjrt, ::testing::ValuesIn(all_suites({"fp32", "fp16", "bf16", "int8"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
