#include <gtest/gtest.h>
#include <vector>

#include "report/report.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

std::vector<Result> mixed_results() {
  std::vector<Result> results{testing::ok_result(1, 64, 20), testing::ok_result(4, 128, 185.44),
                              testing::crashed_result()};
  results[1].effective_precision = "fp32+bf16";
  results[1].warnings = {
      {"unsteady", "the spread of the samples is 12 % of the median", "stop other programs"},
      {"few_samples", "2 samples", "ask for more iterations"}};
  results[0].warnings = {{"few_samples", "2 samples", "ask for more iterations"}};
  return results;
}

TEST(Golden, TableOfMixedResults) {
  testing::expect_golden("report_table.txt", render_table(mixed_results()));
}

TEST(Golden, TableWithPercentiles) {
  auto results = mixed_results();
  results[0].metrics.set("latency_ms.p90", 21.5);
  results[0].metrics.set("latency_ms.p99", 33.25);
  testing::expect_golden("report_table_percentiles.txt", render_table(results));
}

TEST(Golden, Warnings) {
  testing::expect_golden("report_warnings.txt", render_warnings(mixed_results()));
}

TEST(Golden, JsonOfMixedResults) {
  testing::expect_golden("report_results.json", render_json(mixed_results()));
}

std::vector<Result> matrix_results() {
  auto results = mixed_results();
  for (std::size_t i = 0; i < 2; ++i) {
    Metrics& metrics = results[i].metrics;
    metrics.set("acc_mse", 1.25e-13);
    metrics.set("acc_cosine", i == 0 ? 0.9999999 : 0.99);
    metrics.set("acc_top1_match", 1);
    metrics.set("acc_kl", 0);
    metrics.set("acc_max_abs", 3.5e-6);
  }
  results[1].job.target.backend = "openvino";
  results[1].job.target.precision = "int8";
  results.push_back(testing::ok_result(8, 512, 1283));
  results.back().status = Status::AccError;
  results.back().acc_error = "the output has the shape [8, 2], the reference [8, 512, 768]";
  results.back().failure = Failure{
      .kind = "accuracy", .stage = Stage::Finish, .message = results.back().acc_error, .stderr_tail = {}};
  return results;
}

TEST(Golden, TableOfAMatrix) {
  testing::expect_golden("report_matrix_table.txt", render_table(matrix_results()));
}

TEST(Golden, SummaryCsv) {
  testing::expect_golden("report_summary.csv", render_csv(matrix_results()));
}

TEST(Golden, SummaryJson) {
  testing::expect_golden("report_summary.json", render_summary_json(matrix_results()));
}

TEST(Golden, SummaryMarkdown) {
  testing::expect_golden("report_summary.md", render_markdown(matrix_results()));
}

}  // namespace
}  // namespace medbench
