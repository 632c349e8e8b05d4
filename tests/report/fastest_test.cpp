#include "report/fastest.hpp"

#include <gtest/gtest.h>

#include "tests/support/results.hpp"

namespace medbench {
namespace {

Result row(const std::string& backend, const std::string& precision, double median_ms,
           std::size_t count = 40) {
  Result result = testing::ok_result(1, 64, median_ms);
  result.job.target.backend = backend;
  result.job.target.precision = precision;
  result.samples.assign(count, {.ms = median_ms});
  return result;
}

Result with_cosine(Result result, double cosine) {
  result.metrics.set("acc_cosine", cosine);
  return result;
}

TEST(Fastest, IsTheSmallestMedian) {
  const std::vector<Result> rows{row("torch", "fp32", 20), row("openvino", "fp32", 10),
                                 row("pjrt", "fp32", 30)};
  EXPECT_EQ(
      render_fastest(rows),
      "biobert 1 x 64: fastest is openvino cpu fp32, p50 10.00 ms; next is torch cpu fp32 (2.000 times its "
      "median, 2.000 to 2.000)\n");
}

TEST(Fastest, MustHoldParityWhereThatWasChecked) {
  std::vector<Result> rows{with_cosine(row("torch", "fp32", 20), 1),
                           with_cosine(row("torch", "int8", 10), 0.9)};
  const auto fastest = find_fastest(rows);
  ASSERT_EQ(fastest.size(), 1U);
  EXPECT_EQ(fastest[0].row, &rows[0]);
  EXPECT_EQ(fastest[0].runner_up, nullptr);
  EXPECT_EQ(render_fastest(rows),
            "biobert 1 x 64: fastest whose parity holds is torch cpu fp32, p50 20.00 ms\n");
  rows[0].metrics.set("acc_cosine", 0.5);
  EXPECT_EQ(render_fastest(rows), "biobert 1 x 64: no row whose parity holds\n");
}

TEST(Fastest, IsNoRowWhoseParityCouldNotBeChecked) {
  std::vector<Result> rows{row("torch", "fp32", 20), with_cosine(row("openvino", "fp32", 30), 1)};
  rows[0].acc_error = "another shape";
  rows[0].status = Status::AccError;
  EXPECT_EQ(find_fastest(rows)[0].row, &rows[1]);
}

TEST(Fastest, IsNamedForEachShapeAndModel) {
  std::vector<Result> rows{row("torch", "fp32", 20), row("torch", "fp32", 10), row("torch", "fp32", 5)};
  rows[1].job.work.axes.set(Axis::Batch, 4);
  rows[2].job.work.model.name = "clinicalbert";
  const auto fastest = find_fastest(rows);
  ASSERT_EQ(fastest.size(), 3U);
  EXPECT_EQ(fastest[1].row, &rows[1]);
}

TEST(Fastest, SaysWhereChanceCouldDecide) {
  std::vector<Result> rows{row("torch", "fp32", 20), row("openvino", "fp32", 20)};
  EXPECT_EQ(render_fastest(rows),
            "biobert 1 x 64: fastest is torch cpu fp32, p50 20.00 ms; openvino cpu fp32 is as fast (1.000 "
            "times its "
            "median, 1.000 to 1.000)\n");
  rows = {row("torch", "fp32", 20, 1), row("openvino", "fp32", 21, 1)};
  EXPECT_EQ(
      render_fastest(rows),
      "biobert 1 x 64: fastest is torch cpu fp32, p50 20.00 ms; too few samples to compare it with openvino "
      "cpu fp32\n");
}

TEST(Fastest, OfFailuresIsNone) {
  const std::vector<Result> rows{testing::crashed_result()};
  EXPECT_EQ(render_fastest(rows), "biobert 8 x 512: no row that is ok\n");
  EXPECT_EQ(render_fastest({}), "");
}

}  // namespace
}  // namespace medbench
