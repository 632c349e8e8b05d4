#include <gtest/gtest.h>

#include "backend/pjrt/pjrt_backend.hpp"
#include "tests/conformance/conformance.hpp"
#include "tests/conformance/families.hpp"
#include "tests/conformance/regions.hpp"

namespace medbench::conformance {
namespace {

class Pjrt : public ::testing::TestWithParam<Suite> {};

// XLA compiles on as many processors as it may run on.
constexpr std::int64_t kThreads = 2;

TEST_P(Pjrt, IsCloseToTheOracle) {
  run_suite([] { return make_pjrt_backend(); }, GetParam(), {.backend = "pjrt", .threads = kThreads});
}

class PjrtCuda : public ::testing::TestWithParam<Suite> {};

// Skips with the reason where MEDBENCH_PJRT_PLUGIN names no plug-in for CUDA.
TEST_P(PjrtCuda, IsCloseToTheOracle) {
  // XLA may keep more precision than the graph asks for: what one kernel computes is not rounded in between.
  SuiteOptions options{.backend = "pjrt", .device = "cuda"};
  if (GetParam().precision != "fp32") options.oracle = Oracle::Fp32;
  if (GetParam().family == "Cast")
    options.bound = Bound{GetParam().precision == "fp32" ? 0.0 : 1.0, kBf16Unit};
  run_suite([] { return make_pjrt_backend(); }, GetParam(), options);
}

TEST(PjrtProducts, GiveAPeak) {
  expect_peak(*make_pjrt_backend());
}

TEST(PjrtShapes, RunEveryOpenAxis) {
  expect_open_axes(*make_pjrt_backend());
}

TEST(PjrtTexts, RunWithoutPadding) {
  expect_packed_texts(*make_pjrt_backend(), Target{}, {3e-5, 1e-5});
}

TEST(PjrtRegions, AllocateWithinTheirLimits) {
  expect_steady_regions(*make_pjrt_backend(), "pjrt");
}

INSTANTIATE_TEST_SUITE_P(AllFamilies, Pjrt, ::testing::ValuesIn(all_suites({"fp32", "bf16", "int8"})),
                         [](const auto& suite) { return name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(AllFamilies, PjrtCuda, ::testing::ValuesIn(all_suites({"fp32", "fp16", "bf16"})),
                         [](const auto& suite) { return name_of(suite.param); });

}  // namespace
}  // namespace medbench::conformance
