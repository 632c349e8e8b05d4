// What a run leaves to read: the summaries, the table on the screen and the keys of a result.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "base/file.hpp"
#include "tests/cli/checkpoint_folder.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

class ReportFiles : public testing::CheckpointFolder {
 protected:
  [[nodiscard]] std::string read(const std::string& name) const { return read_text_file(output() / name); }
};

TEST_F(ReportFiles, AreMarkdownThatCanBePasted) {
  ASSERT_EQ(run({"--batch-sizes", "1,2", "--seq-lengths", "4,8"}).status, exited(0));
  const std::string text = read("summary.md");
  EXPECT_THAT(text, AllOf(HasSubstr("All rows: model model, backend fake"), Not(HasSubstr(model()))));
  EXPECT_THAT(text, HasSubstr("## p50 ms by batch and length\n\nmodel fake cpu fp32:\n\n"
                              "| batch \\ seq | 4 | 8 |\n| ---: | ---: | ---: |\n| 1 | "));
  const std::size_t header = text.find("\n| ") + 1;
  EXPECT_LT(std::ranges::count(text.substr(header, text.find('\n', header) - header), '|'), 12);
}

TEST_F(ReportFiles, HaveRatesOfTheSameBasisAsTheLatencyBesideThem) {
  // The mean is far from the median: 2 x 8 tokens in 2 ms are 8000 in a second.
  const auto output =
      medbench({"medical", "--backend", "fake", "--device", "cpu", "--num-iterations", "5", "--output-dir",
                this->output().string(), "--model", model(), "--seq-lengths", "8", "--batch-sizes", "2",
                "--backend-option", "script={\"latencies_ms\":[2,2,2,2,92]}"});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, AllOf(HasSubstr("tokens/s"), HasSubstr("8000"), Not(HasSubstr("useful"))));
  const Json json = parse_json(read("summary.json"), "summary");
  EXPECT_EQ(json[0]["tokens_per_second"], 800.0) << "over the time of all passes, which the page says";
}

TEST_F(ReportFiles, HaveTheUsefulRateWhereTextsArePadded) {
  const auto notes = folder().write("notes.txt", "word5 word6\n").string();
  const auto output = run({"--text", notes});
  ASSERT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("useful tokens/s"));
}

TEST_F(ReportFiles, HaveCountsAsWholeNumbers) {
  ASSERT_EQ(run({}).status, exited(0));
  for (const std::string& text : {read_text_file(files().at(0)), read("summary.json")}) {
    EXPECT_THAT(text, ::testing::ContainsRegex("num_iterations\": 2[,\n]"));
    for (const char* key : {"n", "outliers", "num_iterations", "warmup_iterations"}) {
      EXPECT_FALSE(std::regex_search(text, std::regex(fmt::format("[\".]{}\": [0-9]+\\.", key)))) << key;
    }
  }
}

// Each key, or the last part of one within an object that the page tells of.
void expect_explained(const std::set<std::string>& explained, const Json& json, const std::string& prefix) {
  for (const auto& [key, value] : json.items()) {
    const std::string path = prefix + key;
    // A backend's own details and settings are not of this form.
    if (path == "details.backend" || path == "job.target.options" || path == "null_reasons") continue;
    if (value.is_object()) {
      expect_explained(explained, value, path + ".");
    } else {
      EXPECT_TRUE(explained.contains(path) || explained.contains(key)) << path;
    }
    if (value.is_array() && !value.empty() && value.front().is_object())
      expect_explained(explained, value.front(), path + ".");
  }
}

TEST_F(ReportFiles, HaveNoKeyThatThePageDoesNotExplain) {
  const std::string page = read_text_file(testing::source_folder() / "docs/result-schema.md");
  std::set<std::string> explained;
  const std::regex word("`([^` ]+)`");
  for (std::sregex_iterator it(page.begin(), page.end(), word); it != std::sregex_iterator(); ++it)
    explained.insert((*it)[1]);
  const auto notes = folder().write("notes.csv", "note\nword5 word6\nword7\n").string();
  const Result row = measured({"--text", notes, "--text-column", "note", "--pad", "longest", "--restarts",
                               "2", "--save-outputs", (output() / "saved").string()});
  expect_explained(explained, to_json(row), "");
}

}  // namespace
}  // namespace medbench
