#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <set>

#include "base/error.hpp"
#include "report/report.hpp"
#include "report/summary_columns.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string second_line(const std::string& csv) {
  const auto begin = csv.find("\r\n") + 2;
  return csv.substr(begin);
}

TEST(SummaryColumns, BeginWithThoseOfTheGuide) {
  EXPECT_THAT(
      render_csv({}),
      StartsWith("model_type,batch_size,seq_length,precision,device,avg_latency_ms,tokens_per_second,"
                 "memory_usage_mb.cpu_rss_start_mb,memory_usage_mb.cpu_rss_end_mb,"
                 "memory_usage_mb.cpu_rss_peak_mb,memory_usage_mb.cpu_vms_start_mb,"
                 "memory_usage_mb.cpu_vms_end_mb,acc_mse,acc_cosine,acc_top1_match,acc_kl,acc_error,status,"
                 "backend,"));
}

TEST(SummaryColumns, HoldEveryMetricOnce) {
  std::set<std::string> names;
  for (const auto& column : summary_columns()) EXPECT_TRUE(names.insert(column.name).second) << column.name;
  for (const auto& metric : metric_table())
    EXPECT_TRUE(names.contains(std::string(metric.key))) << metric.key;
  EXPECT_THROW(summary_column("nothing"), Error);
}

TEST(SummaryCsv, QuotesWhatNeedsIt) {
  Result result = testing::crashed_result();
  result.model_type = "a,b";
  result.failure->message = "it said \"no\",\r\nthen died";
  const std::vector<Result> rows{result};
  const std::string csv = render_csv(rows);
  EXPECT_THAT(second_line(csv), StartsWith("\"a,b\",8,512,"));
  EXPECT_THAT(csv, ::testing::EndsWith(",\"it said \"\"no\"\",\r\nthen died\"\r\n"));
}

TEST(SummaryCsv, LeavesWhatIsNotKnownEmpty) {
  Result result = testing::ok_result(1, 64, 20);
  result.metrics.set("acc_mse", std::numeric_limits<double>::quiet_NaN());
  const std::vector<Result> rows{result};
  EXPECT_THAT(render_csv(rows), Not(HasSubstr("nan")));
  EXPECT_THAT(second_line(render_csv(rows)),
              StartsWith("biobert,1,64,fp32,cpu,20.0,3200.0,,,512.25,,,,,,,,ok,torch,"));
}

TEST(SummaryCsv, HasTheSameNumberOfFieldsInEveryRecord) {
  const std::vector<Result> rows{testing::ok_result(1, 64, 20), testing::crashed_result()};
  const std::string csv = render_csv(rows);
  std::set<std::ptrdiff_t> counts;
  for (std::size_t begin = 0; begin < csv.size();) {
    const auto end = csv.find("\r\n", begin);
    counts.insert(std::count(csv.begin() + static_cast<std::ptrdiff_t>(begin),
                             csv.begin() + static_cast<std::ptrdiff_t>(end), ','));
    begin = end + 2;
  }
  EXPECT_EQ(counts.size(), 1U);
}

TEST(SummaryJson, HoldsTheColumnsOfTheCsv) {
  std::vector<Result> rows{testing::ok_result(1, 64, 20)};
  rows[0].metrics.set("acc_cosine", 0.5);
  const Json json = parse_json(render_summary_json(rows), "summary");
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0].size(), summary_columns().size());
  EXPECT_EQ(json[0]["acc_cosine"], 0.5);
  EXPECT_EQ(json[0]["parity"], "fails");
  EXPECT_EQ(json[0]["status"], "ok");
  EXPECT_TRUE(json[0]["acc_error"].is_null());
  EXPECT_TRUE(json[0]["latency_ms.p90"].is_null());
}

TEST(SummaryMarkdown, KeepsARowOnOneLineOfTheTable) {
  Result result = testing::crashed_result();
  result.model_type = "a|b\n# c <d>";
  const std::vector<Result> rows{result};
  EXPECT_THAT(render_markdown(rows), HasSubstr("\n| a\\|b\\n# c &lt;d> | 8 | 512 |"));
}

}  // namespace
}  // namespace medbench
