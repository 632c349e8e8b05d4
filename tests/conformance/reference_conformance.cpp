// The reference backend is the interpreter: it must be exact where it computes in fp32, and what bf16 costs
// must stay within the stated bounds.
#include <gtest/gtest.h>

#include "backend/reference/reference_backend.hpp"
#include "tests/conformance/conformance.hpp"

namespace medbench::conformance {
namespace {

class Reference : public ::testing::TestWithParam<Suite> {};

TEST_P(Reference, IsCloseToTheOracleInFp32) {
  run_suite(make_reference_backend, GetParam(), {.backend = "reference", .oracle = Oracle::Fp32});
}

TEST(ReferenceSizes, MayDiffer) {
  expect_open_axes(*make_reference_backend());
  expect_packed_texts(*make_reference_backend(), Target{}, {});
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, Reference, ::testing::ValuesIn(all_suites({"fp32", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
