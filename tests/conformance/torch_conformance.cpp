#include <gtest/gtest.h>

#include "backend/torch/torch_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class Torch : public ::testing::TestWithParam<Suite> {};

TEST_P(Torch, IsCloseToTheOracle) {
  run_suite(make_torch_backend, GetParam());
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, Torch, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
