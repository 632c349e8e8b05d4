#include "report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Both are over the median, so that they order rows alike.
TEST(RenderTable, HasOneBasisForLatencyAndRate) {
  Result row = testing::ok_result(1, 64, 20);
  row.metrics.set("latency_ms.mean", 40);
  row.metrics.set("tokens_per_second", 1600);
  EXPECT_THAT(render_table({&row, 1}), ::testing::HasSubstr(" 3200 "));
  EXPECT_THAT(render_markdown({&row, 1}), ::testing::HasSubstr("| 3200 |"));
  row.job.work.data = TextData{.file = "notes.txt"};
  row.metrics.set("padding_ratio", 0.5);
  row.metrics.set("useful_tokens_per_second", 800);
  const std::string padded = render_table({&row, 1});
  EXPECT_THAT(padded, ::testing::HasSubstr("useful tokens/s"));
  EXPECT_THAT(padded, ::testing::HasSubstr(" 1600 "));
  EXPECT_THAT(padded, ::testing::Not(::testing::HasSubstr(" 3200 ")));
}

TEST(RenderTable, ShowsAPercentileOnlyWhereOneResultHasIt) {
  std::vector<Result> results{testing::ok_result(1, 64, 20)};
  EXPECT_THAT(render_table(results), Not(HasSubstr("p90")));
  results.push_back(testing::ok_result(1, 64, 20));
  results.back().metrics.set("latency_ms.p90", 21);
  EXPECT_THAT(render_table(results), HasSubstr("p90 ms"));
}

TEST(RenderTable, ShowsThePrecisionThatRanWhereItDiffers) {
  std::vector<Result> results{testing::ok_result(1, 64, 20)};
  EXPECT_THAT(render_table(results), Not(HasSubstr("->")));
  results[0].job.target.precision = "bf16";
  EXPECT_THAT(render_table(results), HasSubstr("bf16 -> fp32"));
}

TEST(RenderTable, ShowsTheBackendOnlyWhereRowsDiffer) {
  std::vector<Result> results{testing::ok_result(1, 64, 20), testing::ok_result(1, 64, 20)};
  EXPECT_THAT(render_table(results), Not(HasSubstr("backend")));
  results[1].job.target.backend = "openvino";
  EXPECT_THAT(render_table(results), HasSubstr("model    backend   device"));
}

TEST(RenderTable, NamesTheRuntimesWhereOwnKernelsDidAPart) {
  std::vector<Result> results{testing::ok_result(1, 64, 20), testing::ok_result(1, 64, 20)};
  results[1].runtime.name = "onnxruntime";
  EXPECT_THAT(render_table(results), Not(HasSubstr("runtime")));
  results[0].runtime.name = "libtorch+medbench";
  EXPECT_THAT(render_table(results), AllOf(HasSubstr("libtorch+medbench"), HasSubstr("onnxruntime ")));
}

TEST(RenderTable, CountsUsefulTokensAndTextsWhereInputsAreTexts) {
  std::vector<Result> results{testing::ok_result(1, 64, 20), testing::ok_result(1, 64, 20)};
  for (auto& result : results) {
    result.metrics.set("tokens_per_second", 3200);
    result.metrics.set("useful_tokens_per_second", 2100);
    result.metrics.set("padding_ratio", 0);
  }
  EXPECT_THAT(render_table(results), HasSubstr(" mean ms  tokens/s  peak RSS MiB"));
  EXPECT_THAT(render_table(results), AllOf(HasSubstr(" 3200 "), Not(HasSubstr(" 2100 "))));
  results[1].job.work.data = TextData{.file = "notes.txt", .order = BatchOrder::Length};
  results[1].metrics.set("padding_ratio", 0.25);
  results[1].metrics.set("texts_per_second", 77);
  results[1].details["inputs"] = {{"texts_used", 128}};
  EXPECT_THAT(render_table(results), HasSubstr(" mean ms  useful tokens/s  texts/s  padding  peak RSS MiB"));
  EXPECT_THAT(render_table(results), AllOf(HasSubstr(" 2100    77.00    0.250 "), Not(HasSubstr(" 3200 "))));
  EXPECT_THAT(render_markdown(results), AllOf(HasSubstr("| 77.00 | 0.250 |"), HasSubstr("| length | 128 |")));
  results[0] = results[1];
  EXPECT_THAT(render_markdown(results), HasSubstr("batch order length, texts 128"));
}

// Of 10 and 30 ms, the first once more than the second: a round lasts 40 ms, a pass of it 20.
TEST(RenderTable, HasRatesOfWholeRounds) {
  Result row = testing::ok_result(2, 64, 20);
  row.job.work.data = TextData{.file = "notes.txt", .padding = Padding::Longest};
  row.samples = {{.ms = 10, .slot = 0}, {.ms = 30, .slot = 1}, {.ms = 10, .slot = 0}};
  row.metrics.set("latency_ms.mean", 50.0 / 3);
  row.metrics.set("texts_per_second", 100);
  EXPECT_THAT(render_table({&row, 1}), HasSubstr(" 100.0 "));
}

TEST(RenderTable, ShowsEachAxisThatSomeRowHas) {
  std::vector<Result> results{testing::ok_result(1, 64, 20), testing::ok_result(1, 64, 20)};
  results[1].job.work.axes = {{Axis::Batch, 2}, {Axis::Height, 224}};
  EXPECT_THAT(render_table(results),
              AllOf(HasSubstr("batch  seq  height  p50 ms"), HasSubstr("    1   64       -   20.00"),
                    HasSubstr("    2    -     224   20.00")));
}

TEST(RenderTable, KeepsAFailureWithSeveralLinesInOneRow) {
  std::vector<Result> results{testing::crashed_result()};
  results[0].failure->message = "one\ntwo";
  EXPECT_THAT(render_table(results), HasSubstr("crashed (run): one\\ntwo\n"));
}

TEST(RenderTable, OfNothingIsAHeader) {
  EXPECT_THAT(render_table({}), HasSubstr("model"));
}

TEST(RenderWarnings, IsEmptyWithoutWarnings) {
  const std::vector<Result> results{testing::ok_result(1, 64, 20)};
  EXPECT_EQ(render_warnings(results), "");
}

TEST(RenderJson, IsAnArrayThatReadsBack) {
  const std::vector<Result> results{testing::ok_result(1, 64, 20), testing::crashed_result()};
  const Json array = parse_json(render_json(results), "test");
  ASSERT_EQ(array.size(), 2U);
  EXPECT_EQ(result_from_json(array[0]).metrics.get("latency_ms.p50"), 20.0);
  EXPECT_EQ(result_from_json(array[1]).status, Status::Crashed);
}

TEST(RenderJson, OfNothingIsAnEmptyArray) {
  EXPECT_EQ(parse_json(render_json({}), "test"), Json::array());
}

TEST(SummaryFiles, HaveDistinctNamesAndRender) {
  const std::vector<Result> results{testing::ok_result(1, 64, 20)};
  std::vector<std::string_view> names;
  for (const auto& format : summary_files()) {
    EXPECT_THAT(names, Not(::testing::Contains(format.name)));
    names.push_back(format.name);
    EXPECT_THAT(format.render(results), HasSubstr("biobert"));
  }
}

}  // namespace
}  // namespace medbench
