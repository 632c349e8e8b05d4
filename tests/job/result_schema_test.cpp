// The page that describes results: its table of metrics is written from the table of metrics, and its example
// is a file that this version reads.
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "job/result.hpp"
#include "tests/support/golden.hpp"

namespace medbench {
namespace {

constexpr std::string_view kBegin = "<!-- Written by tools/accept-golden from src/job/metrics.cpp. -->\n";
constexpr std::string_view kEnd = "<!-- The end of what is written. -->\n";

std::filesystem::path page_file() {
  return testing::source_folder() / "docs" / "result-schema.md";
}

std::filesystem::path example_file() {
  return testing::source_folder() / "docs" / "example-result.json";
}

std::string_view word_of(Better better) {
  switch (better) {
    case Better::Lower:
      return "lower";
    case Better::Higher:
      return "higher";
    case Better::Neither:
      break;
  }
  return "";
}

std::string cell(std::string_view text) {
  return text.empty() ? " |" : fmt::format(" {} |", text);
}

std::string render_metrics() {
  std::string text = "| key | unit | better | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& row : metric_table())
    text += fmt::format("| `{}` |{}{}{}\n", row.key, cell(row.is_count ? "count" : row.unit),
                        cell(word_of(row.better)), cell(row.meaning));
  return text;
}

// As a key of its own, or as the object that a metric is in.
bool explains(std::string_view page, const std::string& key) {
  return page.find("`" + key + "`") != std::string_view::npos ||
         page.find("`" + key + ".") != std::string_view::npos;
}

TEST(ResultSchemaGolden, ListsTheMetrics) {
  const std::string page = read_text_file(page_file());
  const auto begin = page.find(kBegin);
  const auto end = page.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end)
      << page_file() << " lacks the lines " << kBegin << kEnd;
  testing::expect_golden_file(page_file(),
                              page.substr(0, begin + kBegin.size()) + render_metrics() + page.substr(end));
}

TEST(ResultSchemaGolden, ExampleIsReadAndWrittenAgain) {
  const Result result = result_from_json(read_json_file(example_file()));
  EXPECT_EQ(result.status, Status::Ok);
  testing::expect_golden_file(example_file(), dump_pretty(to_json(result)) + "\n");
}

TEST(ResultSchema, ExplainsEveryKeyOfTheExample) {
  const std::string page = read_text_file(page_file());
  const Json example = read_json_file(example_file());
  EXPECT_EQ(example.at("schema"), kSchema);
  for (const auto& [key, value] : example.items()) EXPECT_TRUE(explains(page, key)) << key;
  for (const auto* part : {"work", "target", "protocol"}) {
    for (const auto& [key, value] : example.at("job").at(part).items())
      EXPECT_TRUE(explains(page, key)) << part << ' ' << key;
  }
}

}  // namespace
}  // namespace medbench
