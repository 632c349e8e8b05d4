#include "report/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

ComparedRow row(Verdict verdict, double ratio, double low, double high, std::size_t n = 6) {
  Comparison comparison{.verdict = verdict, .n = n};
  if (ratio > 0) comparison.ratio = ratio;
  if (high > 0) comparison.interval = Interval{low, high};
  if (high > 0) comparison.detectable = 0.02;
  return {.name = "a <b> & c",
          .baseline = testing::ok_result(1, 64, 10),
          .candidate = testing::ok_result(1, 64, 10 * ratio),
          .comparison = comparison,
          .notes = {},
          .problem = {}};
}

TEST(ComparisonReport, SaysTheVerdictWithItsInterval) {
  EXPECT_EQ(
      verdict_line(row(Verdict::Slower, 1.05, 1.03, 1.07)),
      "a <b> & c: the candidate is slower: 1.050 times the baseline's latency, 1.030 to 1.070; so many could "
      "have shown a difference of 2.0 %");
  EXPECT_THAT(render_comparison(std::vector{row(Verdict::Slower, 1.05, 1.03, 1.07)}),
              AllOf(HasSubstr("1.030 to 1.070"), HasSubstr("10.00"), HasSubstr("10.50"), HasSubstr("1 : 1")));
}

TEST(ComparisonReport, SaysWhatToDoWhereItCannotBeTold) {
  const ComparedRow one = row(Verdict::Undecided, 1.05, 0, 0, 1);
  EXPECT_THAT(verdict_line(one), AllOf(HasSubstr("cannot tell: 1 process a side"), HasSubstr("--restarts 3"),
                                       HasSubstr("medbench ab")));
}

TEST(ComparisonReport, ARegressionLiesBeyondTheLimitWithItsWholeInterval) {
  EXPECT_EQ(gate_of(row(Verdict::Slower, 1.05, 1.031, 1.07), 0.03), Gate::Failed);
  EXPECT_EQ(gate_of(row(Verdict::Slower, 1.05, 1.029, 1.07), 0.03), Gate::Passed);
  EXPECT_EQ(gate_of(row(Verdict::Faster, 0.9, 0.88, 0.92), 0), Gate::Passed);
}

TEST(ComparisonReport, IsXmlForJUnit) {
  ComparedRow lonely = row(Verdict::Undecided, 0, 0, 0, 0);
  lonely.problem = "it is in the baseline \"alone\"";
  const std::vector<ComparedRow> rows{row(Verdict::Slower, 1.05, 1.04, 1.07),
                                      row(Verdict::Same, 1, 0.99, 1.01), row(Verdict::Undecided, 1, 0.9, 1.1),
                                      lonely};
  const std::string xml = render_junit(rows, 0.03);
  EXPECT_THAT(xml, HasSubstr("tests=\"4\" failures=\"2\" skipped=\"1\""));
  EXPECT_THAT(xml, HasSubstr("name=\"a &lt;b> &amp; c\""));
  EXPECT_THAT(xml, HasSubstr("&quot;alone&quot;"));
  EXPECT_THAT(xml, HasSubstr("</testsuite>\n"));
}

TEST(ComparisonReport, IsMarkdownAndJson) {
  std::vector<ComparedRow> rows{row(Verdict::Faster, 0.5, 0.48, 0.52)};
  rows.front().notes = {"the processor differs"};
  EXPECT_THAT(render_comparison_markdown(rows),
              AllOf(HasSubstr("| 10.00 | 5.000 | 1 : 1 | 0.500 | 0.480 to 0.520 | faster |"),
                    HasSubstr("\n  - the processor differs\n")));
  const Json json = to_json(rows.front());
  EXPECT_EQ(json["verdict"], "faster");
  EXPECT_EQ(json["baseline"]["median_ms"], 10);
  EXPECT_EQ(json["ratio_ci95_high"], 0.52);
}

}  // namespace
}  // namespace medbench
