#include "tests/report/page/browser.hpp"

#include <array>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/page/page.hpp"
#include "tests/report/page/page_rows.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::page_input;
using testing::page_row;

class Browser : public testing::BrowserTest {};

std::vector<double> numbers(const Json& texts) {
  std::vector<double> values;
  for (const Json& text : texts) values.push_back(std::stod(text.get<std::string>()));
  return values;
}

TEST_F(Browser, DrawsEveryChart) {
  const Json seen = probe(render_page(testing::whole_page()));
  EXPECT_THAT(seen["charts"].get<std::vector<std::string>>(),
              ElementsAre("latency", "accuracy", "sweep", "memory", "start", "peak", "energy", "samples"));
  EXPECT_EQ(seen["empty_charts"], 0);
  EXPECT_EQ(seen["empty_pictures"], 0);
  EXPECT_EQ(seen["flat_pictures"], 0);
}

TEST_F(Browser, SaysNothingOnTheConsoleAndLoadsNothing) {
  const auto page = folder().write("page.html", render_page(testing::whole_page()));
  const auto output = chromium(page, {"--dump-dom"});
  EXPECT_THAT(console_of(output), IsEmpty());
  EXPECT_THAT(output.out, HasSubstr("save as CSV"));  // the script ran
  EXPECT_EQ(probe(render_page(testing::whole_page()))["resources"], 0);
}

// The policy is in force: a script that is not the page's own does not run.
TEST_F(Browser, RunsNoOtherScript) {
  const auto page =
      folder().write("page.html", replaced(render_page(testing::whole_page()), "</header>",
                                           "<script>document.title = 'taken'</script></header>"));
  const auto output = chromium(page, {"--dump-dom"});
  EXPECT_THAT(output.out, HasSubstr("<title>medbench report</title>"));
  EXPECT_EQ(console_of(output).size(), 1U);
}

TEST_F(Browser, TellsNumbersWithUnitsUnderAPointer) {
  const Json seen = probe(render_page(testing::whole_page()));
  EXPECT_EQ(seen["bar"], "median 11.00 ms, 95 % interval 10.89 to 11.11 ms, 3 processes");
  EXPECT_EQ(seen["process"], "process 1 of 3: median 11.02 ms");
  EXPECT_EQ(seen["nothing"], "");
  EXPECT_GE(seen["lit"].get<int>(), 6);  // the row, in each table
}

TEST_F(Browser, SortsFiltersCopiesAndChangesColours) {
  const Json seen = probe(render_page(testing::whole_page()));
  auto ascending = numbers(seen["ascending"]);
  EXPECT_THAT(ascending, ElementsAre(5, 11, 20, 20.1, 26, 61, 70));
  std::reverse(ascending.begin(), ascending.end());
  EXPECT_EQ(numbers(seen["descending"]), ascending);
  EXPECT_EQ(seen["filtered"], 2);
  EXPECT_EQ(seen["copy_buttons"], 17);  // of each row, and on each card
  EXPECT_EQ(seen["theme_changes"], true);
}

TEST_F(Browser, FitsAPhone) {
  const Json seen = probe(render_page(testing::whole_page()), 360);
  EXPECT_EQ(seen["width"], 360);
  EXPECT_LE(seen["scroll_width"].get<int>(), 360);
  EXPECT_EQ(seen["flat_pictures"], 0);
}

// A row is a block with its main numbers; a tap shows all.
TEST_F(Browser, StacksTheRowsOnAPhone) {
  const Json seen = probe(render_page(testing::whole_page()), 390);
  EXPECT_EQ(seen["rows_overflow"], 0);
  EXPECT_LT(seen["cells_before"], seen["cells"]);
  EXPECT_EQ(seen["cells_after"], seen["cells"]);
  EXPECT_EQ(seen["label"], "\"p50 ms \"");
  const Json wide = probe(render_page(testing::whole_page()), 1280);
  EXPECT_EQ(wide["cells_before"], wide["cells_after"]);
  EXPECT_EQ(wide["label"], "none");
}

// The script draws the samples of many rows as they are drawn for few.
TEST_F(Browser, DrawsTheSamplesOfManyRows) {
  std::vector<Result> rows{page_row("torch", "fp32", {20, 21.5, 19.75}), page_row("openvino", "fp32", {30})};
  for (int i = 0; i < 400; ++i) rows[1].samples.push_back({.ms = 30 + 0.0625 * (i * 37 % 64)});
  rows[1].samples.push_back({.ms = 90});
  const Json few = probe(render_page(page_input(rows)));
  for (int i = 0; i < 100; ++i) rows.push_back(testing::failed_row(Status::Failed, "backend"));
  const std::string page = render_page(page_input(rows));
  EXPECT_THAT(page, HasSubstr("<td class=pic></td>"));
  const Json many = probe(page);
  EXPECT_EQ(few["traces"].size(), 6U);
  EXPECT_EQ(many["traces"], few["traces"]);
  EXPECT_EQ(many["told"], few["told"]);
}

TEST_F(Browser, TakesHostileNamesForNames) {
  const std::string hostile =
      "</script><b class=injected>x</b><img src=http://outside.invalid/x>" + std::string(200, 'w');
  PageInput input =
      page_input({page_row("torch", "fp32", {20, 21, 22}), page_row("openvino", "fp32", {30, 31, 32})});
  for (Result& row : input.results) {
    row.job.work.model.name = row.model_type = hostile;
    row.runtime.library = row.machine["hostname"] = hostile;
    row.warnings = {{hostile, hostile, hostile}};
  }
  input.origins[0] = {.file = hostile, .command = hostile};
  const std::string page = render_page(std::move(input));
  EXPECT_EQ(probe(page, 360)["foreign"], 0);
  EXPECT_LE(probe(page, 360)["scroll_width"].get<int>(), 360);
  EXPECT_THAT(console_of(chromium(folder().write("page.html", page), {"--dump-dom"})), IsEmpty());
}

TEST_F(Browser, OpensPagesOfNothingAndOfOneRow) {
  EXPECT_EQ(probe(render_page({}))["data_rows"], 0);
  const Json one = probe(render_page(page_input({page_row("torch", "fp32", {20})})));
  EXPECT_EQ(one["data_rows"], 1);
  EXPECT_EQ(one["empty_charts"], 0);
}

TEST_F(Browser, OpensAThousandRowsInTime) {
  std::vector<Result> rows;
  for (int i = 0; i < 1000; ++i) {
    Result row = page_row(i % 2 == 0 ? "torch" : "openvino", "fp32", {20.0 + i, 20.2 + i, 19.9 + i},
                          0.9999999, 1 + i / 20);
    row.job.target.threads = 1 + i % 20;
    row.job.id += std::to_string(i);
    while (row.samples.size() < 300) row.samples.push_back(row.samples[row.samples.size() % 12]);
    rows.push_back(std::move(row));
  }
  const std::string page = render_page(page_input(std::move(rows)));
  const Json seen = probe(page);
  EXPECT_EQ(seen["data_rows"], 1000);
  constexpr double kMostMs = 3000;
  std::array<double, 1> load{};
  if (::getloadavg(load.data(), 1) == 1 && load[0] > 1.5)
    GTEST_SKIP() << "the machine is busy: no time is judged; " << seen["ready_ms"] << " ms";
  EXPECT_LT(seen["ready_ms"].get<double>(), kMostMs);
}

TEST_F(Browser, PrintsTheAnswerOnTheFirstPage) {
  const std::string pdftotext = testing::find_program({"pdftotext"});
  if (pdftotext.empty()) GTEST_SKIP() << "needs pdftotext: apt-get install poppler-utils";
  const auto page = folder().write("page.html", render_page(testing::whole_page()));
  const std::string pdf = (folder().path() / "page.pdf").string();
  ASSERT_EQ(chromium(page, {"--no-pdf-header-footer", "--print-to-pdf=" + pdf}).status.value, 0);
  const auto text =
      testing::run_program({.argv = {pdftotext, "-l", "1", "-layout", pdf, "-"}, .environment = {}});
  EXPECT_THAT(text.out,
              ::testing::AllOf(HasSubstr("Which configuration to deploy"), HasSubstr("onnxruntime cpu fp32"),
                               HasSubstr("20.00 ms"), HasSubstr("start to first answer")));
}

}  // namespace
}  // namespace medbench
