// `medbench report`, and --report of a run.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "report/page/page.hpp"
#include "tests/cli/matrix_program.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

class Report : public testing::MedbenchTest {
 protected:
  [[nodiscard]] std::string page_path() const { return (folder().path() / "page.html").string(); }
  [[nodiscard]] std::string page() const { return read_text_file(page_path()); }
  [[nodiscard]] testing::ProgramOutput report(const Words& more) const {
    Words words{"report", "-o", page_path()};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
  std::string write_result(const std::string& name, const Result& result) const {
    return folder().write(name, dump_pretty(to_json(result))).string();
  }
};

Result row(double median_ms, const std::string& started_at = "2026-01-02T03:04:05Z") {
  Result result = testing::ok_result(1, 64, median_ms);
  result.started_at = started_at;
  return result;
}

TEST_F(Report, WritesAPageOfFilesAndFolders) {
  static_cast<void>(write_result("day1/matrix_a.json", row(20)));
  Result other = row(10);
  other.job.target.backend = "openvino";
  const auto file = write_result("b.json", other);
  const auto output = report({(folder().path() / "day1").string(), file});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("page.html: 2 rows, 0 files left out"));
  EXPECT_THAT(page(), AllOf(HasSubstr("<p class=deploy>openvino cpu fp32</p>"),
                            HasSubstr("day1/matrix_a.json"), HasSubstr("medbench matrix --models biobert")));
}

TEST_F(Report, NamesWhatItLeavesOut) {
  const std::string whole = dump_pretty(to_json(row(20)));
  static_cast<void>(write_result("in/matrix_good.json", row(20)));
  folder().write("in/matrix_cut.json", whole.substr(0, whole.size() / 2));
  folder().write("in/matrix_empty.json", "");
  folder().write("in/other.json", "{\"a\": 1}");
  Json newer = to_json(row(20));
  newer["schema"] = 99;
  folder().write("in/matrix_newer.json", newer.dump());
  Json negative = to_json(row(20));
  negative["samples_ms"] = {-1, 2};
  folder().write("in/matrix_negative.json", negative.dump());
  folder().write("in/plan_x.json", "{}");
  folder().write("nothing/readme.txt", "");
  const auto output = report({(folder().path() / "in").string(), (folder().path() / "nothing").string()});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("1 row, 6 files left out"));
  for (const char* said :
       {"matrix_cut.json: ", "matrix_empty.json: the file is empty",
        "other.json: it is no result of medbench", "\"schema\" is 99",
        "matrix_negative.json: the result: sample 1 is -1", "nothing: no result is in this folder"})
    EXPECT_THAT(output.err, HasSubstr(said));
  EXPECT_THAT(output.err, Not(HasSubstr("plan_x")));
  EXPECT_THAT(page(), AllOf(HasSubstr("6 files left out"), HasSubstr("matrix_cut.json</span>: ")));
}

TEST_F(Report, ShowsTheNewestOfAConfigurationOnEachMachine) {
  static_cast<void>(write_result("in/matrix_1.json", row(20, "2026-01-01T00:00:00Z")));
  static_cast<void>(write_result("in/matrix_2.json", row(15, "2026-01-02T00:00:00Z")));
  Result elsewhere = row(5, "2026-01-01T00:00:00Z");
  elsewhere.machine = {{"hostname", "elsewhere"}};
  static_cast<void>(write_result("in/matrix_3.json", elsewhere));
  Json old = to_json(row(30));
  old.erase("schema");
  Json flat{{"id", "x"}};
  for (const char* part : {"work", "target", "protocol"}) flat.update(old["job"][part]);
  flat["seed"] = 43;
  old["job"] = flat;
  folder().write("in/matrix_old.json", old.dump());
  const auto output = report({(folder().path() / "in").string()});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("3 rows"));
  EXPECT_THAT(output.err, HasSubstr("1 result of a configuration that was measured again"));
  EXPECT_THAT(page(), AllOf(HasSubstr("15.00 ms"), Not(HasSubstr("20.00 ms")), HasSubstr("5.000 ms"),
                            HasSubstr("different machines"), HasSubstr("1 result of schema 1")));
}

TEST_F(Report, SaysHowInt8IsMeasuredAgain) {
  Result rounded = row(20);
  rounded.job.target.precision = "int8";
  rounded.job.target.quantization = Quantization{};
  rounded.job.target.quantization->method = QuantizationMethod::Static;
  const auto output = report({write_result("a.json", rounded)});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(page(), AllOf(HasSubstr("torch cpu int8 static"), HasSubstr("quantization_method"),
                            HasSubstr("--precision int8 --deployment")));
}

TEST_F(Report, SaysWhatARowWasEvaluatedOn) {
  Result evaluated = row(20);
  evaluated.job.protocol.evaluation.emplace();
  evaluated.job.protocol.evaluation->file = "/notes/labelled.csv";
  EXPECT_EQ(report({write_result("a.json", evaluated)}).status, exited(0));
  EXPECT_THAT(page(), HasSubstr("--evaluate /notes/labelled.csv"));
}

TEST_F(Report, DoubtsAMedianThatIsNotThatOfItsSamples) {
  Json edited = to_json(row(20));
  edited["latency_ms"]["p50"] = 2;
  EXPECT_EQ(report({folder().write("a.json", edited.dump()).string()}).status, exited(0));
  EXPECT_THAT(page(), HasSubstr("latency_ms.p50 is 2 ms, and its samples give 20 ms"));
}

TEST_F(Report, RefusesWhatMakesNoPage) {
  const auto file = write_result("a.json", row(20));
  const auto refused = [&](const Words& words, const std::string& why) {
    const auto output = medbench(words);
    EXPECT_EQ(output.status, exited(2));
    EXPECT_THAT(output.err, HasSubstr(why));
  };
  refused({"report"}, "FOLDER is missing");
  refused({"report", "-o", page_path(), "/nowhere"}, "/nowhere: there is no such file or folder");
  refused({"report", "-o", file, file}, "no page of medbench; it is left alone");
  refused({"report", "-o", folder().path().string(), file}, "it is a folder");
  refused({"report", "-o", "/proc/nothing/page.html", file}, "/proc/nothing");
  refused({"report", "-o", page_path(), folder().write("b.json", "[]").string()}, "no page is written");
  EXPECT_FALSE(std::filesystem::exists(page_path()));
  EXPECT_EQ(parse_json(read_text_file(file), "file")["status"], "ok");
}

TEST_F(Report, ReplacesItsOwnPage) {
  const auto file = write_result("a.json", row(20));
  EXPECT_EQ(report({file}).status, exited(0));
  const std::string before = page();
  EXPECT_EQ(report({file, "--quiet"}).out, "");
  EXPECT_EQ(page(), before);
}

class MatrixReport : public testing::MatrixTest {};

TEST_F(MatrixReport, WritesThePageBesideTheSummaries) {
  const auto output = matrix({"--report", "--acc-check"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("report.html"));
  const std::string page = read_text_file(matrix_folder() / "report.html");
  EXPECT_TRUE(page.starts_with(kPageBegin));
  EXPECT_THAT(page, AllOf(HasSubstr("2 rows on 1 machine"), HasSubstr("--acc-check")));
}

// The command on the page measures the same row.
TEST_F(MatrixReport, SaysTheCommandOfARow) {
  ASSERT_EQ(matrix({"--report", "--backend", "openvino", "--threads", "2", "--seed", "7"}).status, exited(0));
  const Json first = read_json_file(result_files().front());
  const std::string page = read_text_file(matrix_folder() / "report.html");
  const std::string begin = "<script type=application/json id=results>";
  const auto at = page.find(begin) + begin.size();
  const Json data = parse_json(page.substr(at, page.find("</script>", at) - at), "page");
  const auto& columns = data["columns"];
  const auto column =
      static_cast<std::size_t>(std::find(columns.begin(), columns.end(), "command") - columns.begin());
  const std::string command = "cd '" + folder().path().string() +
                              "' && PATH=" + testing::binary("").substr(0, testing::binary("").size() - 1) +
                              ":$PATH && { " + data["rows"][0].at(column).get<std::string>() +
                              " --output-dir again; }";
  const auto again = testing::run_program(options({"/bin/sh", "-c", command}));
  EXPECT_EQ(again.status, exited(0)) << again.err << command;
  for (const auto& entry : std::filesystem::directory_iterator(folder().path() / "again")) {
    if (!entry.path().filename().string().starts_with("matrix_")) continue;
    Json job = read_json_file(entry.path())["job"];
    EXPECT_EQ(job["work"], first["job"]["work"]);
    EXPECT_EQ(job["target"], first["job"]["target"]);
    EXPECT_EQ(job["protocol"], first["job"]["protocol"]);
    return;
  }
  FAIL() << "no result of the command";
}

}  // namespace
}  // namespace medbench
