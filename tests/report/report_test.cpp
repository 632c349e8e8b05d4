#include "report/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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
