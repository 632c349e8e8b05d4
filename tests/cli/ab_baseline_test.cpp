// `medbench ab --baseline` with the fake worker. Its script is a file, which the jobs only name: to write
// another into it is to measure the same jobs with a build that is not the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "campaign/result_folder.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

namespace fs = std::filesystem;

class AbBaseline : public testing::MedbenchTest {
 protected:
  AbBaseline() { set_script("[10]"); }

  void set_script(const std::string& latencies_ms, const std::string& more = {}) const {
    (void)folder().write("script.json", R"({"model":false,"latencies_ms":)" + latencies_ms + more + "}");
  }
  // Two rows that take turns.
  [[nodiscard]] std::string make_baseline(const std::string& restarts = "3") const {
    const auto root = folder().path() / "before";
    const auto made =
        medbench({"matrix", "--backend", "fake", "--precision", "fp32", "bf16", "--seq-length", "8",
                  "--iters", "6", "--warmup", "0", "--restarts", restarts, "--backend-option",
                  "script=" + (folder().path() / "script.json").string(), "--output-root", root.string()});
    EXPECT_EQ(made.status, exited(0)) << made.err;
    return (fs::directory_iterator(root)->path() / "hardware_matrix").string();
  }
  [[nodiscard]] ProgramOutput ab(const std::string& baseline, const Words& more = {}) const {
    Words words{"ab", "--baseline", baseline, "--output-root", output().string()};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
  // What was measured, of the only run.
  [[nodiscard]] std::vector<Result> results() const {
    return ResultFolder(fs::directory_iterator(output())->path()).read_results();
  }
};

TEST_F(AbBaseline, MeasuresEveryRowAgainAsItWas) {
  const auto baseline = make_baseline("4");
  const auto output = ab(baseline);
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, AllOf(HasSubstr("biobert 1 x 8 fake cpu fp32: the candidate is same"),
                                HasSubstr("biobert 1 x 8 fake cpu bf16: the candidate is same"),
                                HasSubstr("summary.md")));
  const auto before = ResultFolder(baseline).read_results();
  const auto now = results();
  ASSERT_EQ(now.size(), 2U);
  for (const Result& row : now) {
    EXPECT_EQ(row.metrics.get("processes.n"), 4);
    EXPECT_EQ(row.samples.size(), 24U);
    EXPECT_TRUE(row.job.protocol.turn.has_value());
    const auto is_same = [&](const Result& old) {
      return old.job.work == row.job.work && to_json(old.job.target) == to_json(row.job.target) &&
             old.job.protocol == row.job.protocol;
    };
    EXPECT_EQ(std::ranges::count_if(before, is_same), 1);
  }
}

TEST_F(AbBaseline, RowsTakeTurns) {
  const auto output = ab(make_baseline());
  // Started, and started again twice in fresh processes: A B B A A B.
  std::vector<std::string> order;
  for (std::size_t at = output.err.find("fake cpu "); at != std::string::npos;
       at = output.err.find("fake cpu ", at + 1))
    order.push_back(output.err.substr(at + 9, 4));
  ASSERT_GE(order.size(), 6U) << output.err;
  EXPECT_EQ(order[1], order[2]);
  EXPECT_EQ(order[0], order[3]);
  EXPECT_NE(order[0], order[1]);
}

TEST_F(AbBaseline, TellsWhatBecameSlower) {
  const auto baseline = make_baseline();
  set_script("[11]");
  const auto xml = (folder().path() / "x.xml").string();
  const auto page = (folder().path() / "x.md").string();
  const auto output = ab(baseline, {"--junit", xml, "--markdown", page, "--quiet"});
  EXPECT_EQ(output.status, exited(1)) << output.err;
  EXPECT_EQ(output.out + output.err, "");
  EXPECT_THAT(read_text_file(xml), HasSubstr("tests=\"2\" failures=\"2\""));
  EXPECT_THAT(read_text_file(page), HasSubstr("| 3 : 3 | 1.100 | 1.100 to 1.100 | slower |"));
  EXPECT_EQ(ab(baseline, {"--quiet", "--max-slowdown", "15"}).status, exited(0));
  const auto json = ab(baseline, {"--json", "--same", "20"});
  EXPECT_EQ(parse_json(json.out, "standard output")["rows"][0]["verdict"], "same");
}

TEST_F(AbBaseline, KeepsWhatAFailingRowHadMeasured) {
  const auto baseline = make_baseline();
  set_script("[10]", R"(,"actions":[{"stage":"finish","do":"signal","number":11}])");
  const auto output = ab(baseline, {"--libexec", testing::libexec_folder().string()});
  EXPECT_EQ(output.status, exited(2)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("fp32: not compared: the candidate is crashed: "));
  for (const Result& row : results()) EXPECT_EQ(row.samples.size(), 6U);
}

TEST_F(AbBaseline, SaysBeforehandWhatItCannotTell) {
  const auto baseline = make_baseline("1");
  const auto output = ab(baseline);
  EXPECT_EQ(output.status, exited(4)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("2 of 2 rows of the baseline hold fewer than 3 processes"));
  EXPECT_EQ(results().front().metrics.get("processes.n"), 3);
}

TEST_F(AbBaseline, OfAnotherMachineIsTold) {
  const auto baseline = make_baseline();
  for (const auto& entry : fs::directory_iterator(baseline)) {
    if (!entry.path().filename().string().starts_with("matrix_")) continue;
    Json json = read_json_file(entry.path());
    json["machine"]["cpu_model"] = "Z80";
    replace_file(entry.path(), dump_pretty(json));
  }
  const auto xml = (folder().path() / "x.xml").string();
  const auto output = ab(baseline, {"--junit", xml});
  EXPECT_THAT(output.err, HasSubstr("another machine: its processor is Z80, and here is "));
  EXPECT_THAT(output.out, HasSubstr("the processor differs"));
  EXPECT_THAT(read_text_file(xml), HasSubstr("the processor differs"));
}

TEST_F(AbBaseline, RefusesInOneLine) {
  const auto good = make_baseline();
  const auto empty = (folder().path() / "empty").string();
  fs::create_directory(empty);
  (void)folder().write("failed/matrix_1.json", dump_pretty(to_json(testing::crashed_result())));
  Json old = to_json(testing::ok_result(1, 64, 10));
  old.erase("job");
  old.erase("schema");
  (void)folder().write("old/matrix_1.json", dump_pretty(old));
  (void)folder().write("broken/matrix_1.json", "{");
  const auto at = [&](const char* name) { return (folder().path() / name).string(); };
  for (const auto& [words, part] : std::vector<std::pair<Words, std::string>>{
           {{"--baseline", "/none"}, "--baseline /none: there is no such folder"},
           {{"--baseline", at("script.json")}, "there is no such folder"},
           {{"--baseline", empty}, "no row that worked is in it"},
           {{"--baseline", at("failed")}, "no row that worked is in it"},
           {{"--baseline", at("old")}, "old/matrix_1.json: result: \"job\" is missing"},
           {{"--baseline", at("broken")}, "broken/matrix_1.json"},
           {{"--baseline"}, "--baseline needs a value"},
           {{"--baseline", good, "--batch-size", "2"}, "--batch-size cannot be given with --baseline"},
           {{"--baseline=" + good, "--pair-seconds=2"}, "--pair-seconds cannot be given with --baseline"},
           {{"--baseline", good, "--", "--threads", "1"}, "-- cannot be given with --baseline"},
           {{"--baseline", good, "--bogus"}, "unknown option --bogus"},
           {{"--baseline", good, "--libexec", "/none"}, "--libexec /none: there is no such folder"},
           {{"--baseline", good, "--output-root", "/proc/x"}, "/proc/x"},
           {{"--baseline", good, "--junit", "/proc/x/y.xml"}, "/proc/x"}}) {
    Words all{"ab"};
    all.insert(all.end(), words.begin(), words.end());
    const auto output = medbench(all);
    EXPECT_EQ(output.status, exited(2)) << output.err;
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr(part));
  }
}

}  // namespace
}  // namespace medbench
