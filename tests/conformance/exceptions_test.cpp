// The table of exceptions, and that nothing but its rows makes a refusal a skip.
#include "tests/conformance/exceptions.hpp"

#include <algorithm>
#include <fnmatch.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "backend/reference/reference_backend.hpp"

namespace medbench::conformance {
namespace {

TEST(Exceptions, EachLeavesOutCasesThatThereAre) {
  for (const LeftOutCases& row : all_left_out()) {
    const auto cases = cases_of(row.family.empty() ? "Encoder" : row.family);
    const auto is_meant = [&](const Case& item) { return ::fnmatch(row.cases, item.name.c_str(), 0) == 0; };
    EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), is_meant)) << row.family << ' ' << row.cases;
    EXPECT_FALSE(row.reason.empty()) << row.family << ' ' << row.cases;
  }
}

TEST(Exceptions, ARefusalThatNoRowExpectsIsAFailure) {
  EXPECT_FATAL_FAILURE(run_suite(make_reference_backend, {"Add", "fp16"}, {.backend = "reference"}),
                       "no row of the table of exceptions expects this refusal");
}

TEST(Exceptions, ARefusalForAnotherReasonIsAFailure) {
  EXPECT_FATAL_FAILURE(
      run_suite(make_reference_backend, {"Add", "fp16"}, {.backend = "torch", .device = "cuda"}),
      "no row of the table of exceptions expects this refusal");
}

TEST(Exceptions, ARowThatIsNotTrueIsAFailure) {
  EXPECT_FATAL_FAILURE(run_suite(make_reference_backend, {"Add", "bf16"}, {.backend = "onnxruntime"}),
                       "take its row out of the table of exceptions");
}

}  // namespace
}  // namespace medbench::conformance
