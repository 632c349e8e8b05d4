#include "report/page/page.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>

#include "base/json.hpp"
#include "tests/report/page/page_rows.hpp"
#include "tests/support/golden.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::page_input;
using testing::page_row;

// The results that the page holds.
Json data_of(const std::string& page) {
  const std::string begin = "<script type=application/json id=results>";
  const auto at = page.find(begin) + begin.size();
  return parse_json(page.substr(at, page.find("</script>", at) - at), "page");
}

Json value_in(const Json& data, std::size_t row, const std::string& column) {
  const auto& columns = data["columns"];
  const auto at = std::find(columns.begin(), columns.end(), column) - columns.begin();
  return data["rows"][row].at(static_cast<std::size_t>(at));
}

TEST(Page, HasTheAnswerBeforeAllElse) {
  const std::string page = render_page(testing::whole_page());
  EXPECT_TRUE(page.starts_with(kPageBegin));
  const auto answer = page.find("<p class=deploy>torch cpu fp32</p>");
  ASSERT_NE(answer, std::string::npos);
  EXPECT_LT(answer, page.find("<section id=pictures>"));
  EXPECT_THAT(page, AllOf(HasSubstr("Cannot be told apart from"),
                          HasSubstr("Faster, but parity fails: torch cpu int8 (cosine 0.950000"),
                          HasSubstr("torch cpu int8"), HasSubstr("The same work on different machines"),
                          HasSubstr("1 file left out")));
}

TEST(Page, HasEveryPicture) {
  const std::string page = render_page(testing::whole_page());
  for (const char* id : {"latency", "samples", "sweep", "accuracy", "memory", "start", "peak", "energy"})
    EXPECT_THAT(page, HasSubstr("<section class=chart id=" + std::string(id) + ">"));
}

TEST(Page, HasRowsOfEveryStatus) {
  const std::string page = render_page(testing::whole_page());
  for (const char* status :
       {"acc_error", "load_error", "unsupported", "timeout", "crashed", "out_of_memory", "failed"})
    EXPECT_THAT(page, HasSubstr("<b>" + std::string(status) + "</b> in run: the worker died of SIGSEGV"));
  EXPECT_THAT(page, HasSubstr("last words"));
}

TEST(Page, IsTheSameForTheSameResults) {
  EXPECT_EQ(render_page(testing::whole_page()), render_page(testing::whole_page()));
}

TEST(Page, HoldsTheResultsAsData) {
  const Json data = data_of(render_page(testing::whole_page()));
  const Json& rows = data["rows"];
  ASSERT_EQ(rows.size(), testing::whole_page().results.size());
  EXPECT_EQ(value_in(data, 0, "backend"), "torch");
  EXPECT_EQ(value_in(data, 0, "samples")["processes"], Json({4, 4, 4}));
  EXPECT_EQ(value_in(data, 0, "file"), "torch-fp32.json");
  EXPECT_THAT(value_in(data, rows.size() - 1, "machine").get<std::string>(), HasSubstr("other"));
}

TEST(Page, OfNothingSaysSo) {
  EXPECT_THAT(render_page({}), HasSubstr("There are no results here"));
}

TEST(Page, OfOneRowHasAnAnswerAndPictures) {
  const std::string page = render_page(page_input({page_row("torch", "fp32", {20})}));
  EXPECT_THAT(page, AllOf(HasSubstr("No other row may win"), HasSubstr("id=latency")));
}

// No text from a result may become markup, wherever it stands.
TEST(Page, TakesHostileTextsForTexts) {
  const std::string hostile = "</script></style></title>--><img src=x onerror=alert(1)>\"' &";
  Result row = page_row("torch", "fp32", {20, 21, 22});
  row.job.work.model.name = row.model_type = row.device = row.effective_precision = row.inputs_source =
      hostile;
  row.weights_source = row.stop_rule = row.started_at = row.acc_error = hostile;
  row.job.target.backend = row.job.target.asked_precision = hostile;
  row.job.target.options[hostile] = hostile;
  row.runtime = {.name = hostile, .version = hostile, .library = hostile};
  row.machine = {{"hostname", hostile}, {hostile, hostile}, {"cpu_model", Json::array({hostile})}};
  row.details["gpu"] = {{"name", hostile}};
  row.warnings = {{hostile, hostile, hostile}};
  row.notes = {hostile};
  Result failed = row;
  failed.status = Status::Failed;
  failed.failure = Failure{.kind = hostile, .stage = Stage::Run, .message = hostile, .stderr_tail = hostile};
  Result sweep = row;
  sweep.job.work.axes.set(Axis::Batch, 8);
  PageInput input = page_input({row, failed, sweep});
  input.origins[0] = {.file = hostile, .command = hostile};
  input.left_out = {{hostile, hostile}};
  const std::string page = render_page(std::move(input));
  EXPECT_THAT(page, AllOf(HasSubstr("&lt;img"), Not(HasSubstr("<img")), Not(HasSubstr("--><"))));
  const std::regex ends("</(script|style|title)>");
  // Of the style, the data, the script, the title of the page and those of pictures, which are as many as
  // begin.
  const std::regex begins("<(script|style|title)[ >]");
  EXPECT_EQ(std::distance(std::sregex_iterator(page.begin(), page.end(), ends), {}),
            std::distance(std::sregex_iterator(page.begin(), page.end(), begins), {}));
  EXPECT_EQ(value_in(data_of(page), 0, "model_type"), hostile);
}

TEST(Page, LoadsNothing) {
  const std::string page = render_page(testing::whole_page());
  EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'sha256-"));
  EXPECT_FALSE(std::regex_search(page, std::regex("(src|href)=\"?(https?:|//)|url\\(|@import")));
  // The policy forbids styles in attributes.
  EXPECT_FALSE(std::regex_search(page, std::regex("<[a-z]+ [^>]*style=")));
}

// Style and script are files of their own, and the policy holds their hashes.
std::string without_assets(std::string page) {
  const auto cut = [&page](std::string_view begin, std::string_view end, std::size_t from) {
    const std::size_t start = page.find(begin, from) + begin.size();
    page.erase(start, page.find(end, start) - start);
  };
  cut("Content-Security-Policy content=\"", "\">", 0);
  cut("<style>", "</style>", 0);
  cut("<script>", "</script>", 0);
  return page;
}

TEST(Golden, Page) {
  testing::expect_golden("report_page.html", without_assets(render_page(testing::whole_page())));
}

}  // namespace
}  // namespace medbench
