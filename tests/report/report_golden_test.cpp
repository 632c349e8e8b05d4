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

}  // namespace
}  // namespace medbench
