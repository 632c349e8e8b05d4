#include "report/fastest.hpp"

#include <gmock/gmock.h>
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
      "biobert 1 x 64: fastest is openvino cpu fp32, p50 10.00 ms; next is torch cpu fp32, 2.000 times its "
      "median, which so few processes cannot tell from chance\n");
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

TEST(Fastest, IsToldFromTheNextByProcesses) {
  const auto in_processes = [](Result result, double first_ms, double second_ms, double third_ms) {
    result.samples = {{.ms = first_ms}, {.ms = second_ms, .process = 1}, {.ms = third_ms, .process = 2}};
    return result;
  };
  const Result torch = in_processes(row("torch", "fp32", 20), 20, 20.1, 19.9);
  const std::string fastest =
      "biobert 1 x 64: fastest is torch cpu fp32, p50 20.00 ms; next is openvino cpu fp32, ";
  std::vector<Result> rows{torch, in_processes(row("openvino", "fp32", 30), 30, 30.1, 29.9)};
  EXPECT_EQ(render_fastest(rows), fastest + "1.500 times its median (1.485 to 1.515 over 3 processes)\n");
  rows[1] = in_processes(row("openvino", "fp32", 21), 19, 25, 21);
  EXPECT_THAT(render_fastest(rows),
              ::testing::EndsWith("over 3 processes), and the two cannot be told apart\n"));
  rows[1] = in_processes(row("openvino", "fp32", 20.01), 20, 20.05, 19.95);
  EXPECT_THAT(render_fastest(rows), ::testing::EndsWith("over 3 processes), which is the same\n"));
}

TEST(Fastest, OfFailuresIsNone) {
  const std::vector<Result> rows{testing::crashed_result()};
  EXPECT_EQ(render_fastest(rows), "biobert 8 x 512: no row that is ok; not ok: torch cpu fp32 (crashed)\n");
  EXPECT_EQ(render_fastest({}), "");
}

TEST(Fastest, NamesWhatIsMissingBesideIt) {
  std::vector<Result> rows{row("torch", "fp32", 20), row("openvino", "fp32", 30)};
  rows[1].stop_rule = kStoppedEarly;
  Job same = rows[0].job;
  same.target.backend = "onnxruntime";
  Job other = same;
  other.work.axes.set(Axis::Batch, 9);
  EXPECT_THAT(
      render_fastest(rows, std::vector<Job>{same, other}),
      ::testing::EndsWith("; not measured: onnxruntime cpu fp32; stopped early: openvino cpu fp32\n"));
}

Result padded(Result result, Padding padding) {
  result.job.work.data = TextData{.file = "notes.txt", .padding = padding};
  return result;
}

TEST(Fastest, OfTextsIsToldFromTheSameTextsWithOtherPadding) {
  std::vector<Result> rows{padded(row("torch", "fp32", 20), Padding::Longest),
                           padded(row("torch", "fp32", 10), Padding::None)};
  const std::string line =
      "biobert 1 x 64: fastest is torch cpu fp32 (padding none), p50 10.00 ms; next is torch cpu fp32 "
      "(padding longest), 2.000 times its median, which so few processes cannot tell from chance";
  EXPECT_EQ(render_fastest(rows), line + "\n");
  Job never = rows[0].job;
  std::get<TextData>(never.work.data).padding = Padding::Fixed;
  EXPECT_EQ(render_fastest(rows, std::vector<Job>{never}),
            line + "; not measured: torch cpu fp32 (padding fixed)\n");
  // Other texts are other work.
  std::get<TextData>(rows[1].job.work.data).order = BatchOrder::Length;
  EXPECT_EQ(render_fastest(rows),
            "biobert 1 x 64: fastest is torch cpu fp32, p50 20.00 ms\n"
            "biobert 1 x 64: fastest is torch cpu fp32, p50 10.00 ms\n");
}

TEST(Fastest, OfTextsHoldsParityWithAnyPadding) {
  const std::vector<Result> rows{with_cosine(padded(row("torch", "bf16", 10), Padding::None), 0.9),
                                 with_cosine(padded(row("torch", "bf16", 20), Padding::Longest), 1)};
  EXPECT_EQ(render_fastest(rows),
            "biobert 1 x 64: fastest whose parity holds is torch cpu bf16 (padding longest), p50 20.00 ms\n");
}

}  // namespace
}  // namespace medbench
