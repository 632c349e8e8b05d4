#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <set>

#include "report/columns.hpp"
#include "report/report.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
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
  std::set<std::string> keys;
  for (const Column* column : columns_of(&Column::summary, {}))
    EXPECT_TRUE(keys.insert(column->key).second) << column->key;
  for (const auto& metric : metric_table()) EXPECT_TRUE(keys.contains(std::string(metric.key))) << metric.key;
}

TEST(SummaryColumns, HoldAnAxisThatIsNotTheGuidesWhereSomeRowHasIt) {
  std::vector<Result> rows{testing::ok_result(1, 64, 20), testing::ok_result(1, 64, 20)};
  EXPECT_THAT(render_csv(rows), HasSubstr("batch_size,seq_length,precision,"));
  rows[1].job.work.axes = {{Axis::Batch, 2}, {Axis::Height, 224}};
  EXPECT_THAT(render_csv(rows), HasSubstr("batch_size,seq_length,height,precision,"));
  EXPECT_THAT(render_csv(rows), HasSubstr("\r\nbiobert,2,,224,fp32,"));
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
  EXPECT_EQ(json[0].size(), columns_of(&Column::summary, rows).size());
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
  EXPECT_THAT(render_markdown(rows), HasSubstr("\n| a\\|b\\n# c &lt;d> | torch | cpu | fp32 | 8 | 512 |"));
}

TEST(SummaryMarkdown, SaysOnceWhatAllRowsShare) {
  std::vector<Result> rows{testing::ok_result(1, 64, 20), testing::ok_result(4, 64, 50)};
  const std::string same = render_markdown(rows);
  EXPECT_THAT(
      same,
      HasSubstr("\n\nAll rows: model biobert, backend torch, device cpu, precision fp32, seq 64, n 2, status "
                "ok.\n\n| batch | p50 ms | tokens/s | peak RSS MiB |\n"));
  EXPECT_THAT(same, HasSubstr("\n| 4 | 50.00 | 5120 | 512.2 |\n"));
  rows[1].job.target.backend = "openvino";
  rows[1].effective_precision = "bf16";
  const std::string other = render_markdown(rows);
  EXPECT_THAT(other, HasSubstr("model biobert, device cpu, seq 64, n 2, status ok.\n\n"));
  EXPECT_THAT(other, HasSubstr("\n| openvino | fp32 -> bf16 | 4 | 50.00 |"));
  rows.pop_back();
  EXPECT_THAT(render_markdown(rows), AllOf(Not(HasSubstr("All rows")), HasSubstr("\n| model | backend |")));
}

TEST(SummaryMarkdown, LeavesColumnsOutThatAreEmpty) {
  std::vector<Result> rows{testing::ok_result(1, 64, 20), testing::crashed_result()};
  EXPECT_THAT(render_markdown(rows), Not(AnyOf(HasSubstr("cosine"), HasSubstr("compile ms"))));
  rows[1].metrics.set("compile_ms", 7);
  EXPECT_THAT(render_markdown(rows), AllOf(Not(HasSubstr("cosine")), HasSubstr("| compile ms |")));
  rows[0].metrics.set("latency_ms.ci95_low", 19.9);
  rows[0].metrics.set("latency_ms.ci95_high", 20.1);
  EXPECT_THAT(render_markdown(rows),
              AllOf(HasSubstr("| p50 ms | 95 % ms |"), HasSubstr("| 19.90 to 20.10 |")));
}

TEST(SummaryMarkdown, ShowsASweepByBatchAndLength) {
  std::vector<Result> rows{testing::ok_result(1, 64, 20), testing::ok_result(4, 64, 50),
                           testing::ok_result(1, 128, 40)};
  EXPECT_THAT(render_markdown(rows),
              HasSubstr("\n## p50 ms by batch and length\n\nbiobert torch cpu fp32:\n\n"
                        "| batch \\ seq | 64 | 128 |\n| ---: | ---: | ---: |\n"
                        "| 1 | 20.00 | 40.00 |\n| 4 | 50.00 | |\n\n"));
  rows.pop_back();
  EXPECT_THAT(render_markdown(rows), Not(HasSubstr("by batch and length"))) << "one length is a column";
}

TEST(SummaryMarkdown, NamesAModelByTheLastPartOfItsPath) {
  std::vector<Result> rows{testing::crashed_result()};
  rows[0].model_type = rows[0].job.work.model.name = "/models/tiny";
  const std::string text = render_markdown(rows);
  EXPECT_THAT(text, Not(HasSubstr("/models")));
  EXPECT_THAT(text, AllOf(HasSubstr("\n| tiny | torch | cpu | fp32 | 8 |"),
                          HasSubstr("- tiny 8 x 512: no row that is ok"),
                          HasSubstr("- tiny torch cpu fp32, 8 x 512: crashed")));
  EXPECT_THAT(render_csv(rows), HasSubstr("\r\n/models/tiny,8,512,"));
  EXPECT_THAT(render_summary_json(rows), HasSubstr("\"model_type\": \"/models/tiny\""));
}

TEST(SummaryMarkdown, OfNothingHasNoTable) {
  EXPECT_EQ(render_markdown({}), "# Results\n\nNo rows.\n");
}

}  // namespace
}  // namespace medbench
