#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/support/results.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;

// Two passes in each process.
Result in_processes(std::initializer_list<double> medians_ms) {
  Result result = testing::ok_result(1, 64, medians_ms.begin()[0]);
  result.samples.clear();
  std::uint32_t process = 0;
  for (const double ms : medians_ms) {
    for (int i = 0; i < 2; ++i) result.samples.push_back({.ms = ms, .process = process});
    ++process;
  }
  return result;
}

class Compare : public testing::MedbenchTest {
 protected:
  [[nodiscard]] std::string write_result(const std::string& name, const Result& result) const {
    return folder().write(name, dump_pretty(to_json(result))).string();
  }
};

TEST_F(Compare, TellsByProcesses) {
  const auto slow = write_result("slow.json", in_processes({20, 20.2, 19.9}));
  const auto fast = write_result("fast.json", in_processes({10, 10.1, 9.9}));
  const auto text = medbench({"compare", slow, fast});
  EXPECT_EQ(text.status, exited(0)) << text.err;
  EXPECT_THAT(text.out, HasSubstr("the candidate is faster: 0.4"));
  const Json json = parse_json(medbench({"compare", fast, slow, "--json"}).out, "standard output");
  EXPECT_NEAR(json["ratio"].get<double>(), 2.003, 1e-3);
  EXPECT_EQ(json["verdict"], "slower");
  EXPECT_EQ(json["baseline"]["process_medians_ms"].size(), 3U);
}

TEST_F(Compare, CannotTellFromOneProcessASide) {
  const auto slow = write_result("slow.json", in_processes({20}));
  const auto fast = write_result("fast.json", in_processes({10}));
  const auto text = medbench({"compare", slow, fast});
  EXPECT_EQ(text.status, exited(0));
  EXPECT_THAT(text.out, AllOf(HasSubstr("cannot tell: 1 process a side"), HasSubstr("--restarts 3")));
  EXPECT_EQ(medbench({"compare", slow, fast, "--max-slowdown", "3"}).status, exited(4));
}

TEST_F(Compare, IsAGateForAShell) {
  const auto slow = write_result("slow.json", in_processes({20, 20.2, 19.9}));
  const auto fast = write_result("fast.json", in_processes({10, 10.1, 9.9}));
  EXPECT_EQ(medbench({"compare", fast, slow, "--max-slowdown", "3"}).status, exited(1));
  EXPECT_EQ(medbench({"compare", slow, fast, "--max-slowdown", "3"}).status, exited(0));
  const auto xml = (folder().path() / "x.xml").string();
  const auto page = (folder().path() / "x.md").string();
  const auto output = medbench({"compare", fast, slow, "--quiet", "--junit", xml, "--markdown", page});
  EXPECT_EQ(output.out, "");
  EXPECT_THAT(read_text_file(xml), HasSubstr("skipped=\"0\""));
  EXPECT_THAT(read_text_file(page), HasSubstr("| slower |"));
}

TEST_F(Compare, TakesFolders) {
  Result other = in_processes({5, 5, 5});
  other.job.target.precision = "bf16";
  (void)write_result("old/matrix_1.json", in_processes({20}));
  (void)write_result("old/matrix_2.json", in_processes({20.1}));
  (void)write_result("old/matrix_3.json", in_processes({19.9}));
  (void)write_result("old/matrix_4.json", other);
  (void)write_result("new/matrix_1.json", in_processes({10, 10.1, 9.9}));
  const auto old_folder = (folder().path() / "old").string();
  const auto new_folder = (folder().path() / "new").string();
  const auto output = medbench({"compare", old_folder, new_folder});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("biobert 1 x 64 torch cpu fp32: the candidate is faster"));
  EXPECT_THAT(output.out,
              HasSubstr("bf16: not compared: it is in the baseline alone, or failed in the candidate"));
  EXPECT_EQ(parse_json(medbench({"compare", old_folder, new_folder, "--json"}).out, "out")["rows"].size(),
            2U);
  EXPECT_THAT(medbench({"compare", old_folder, write_result("x.json", other)}).err,
              HasSubstr("two files or two folders"));
}

TEST_F(Compare, OfFoldersLooksAtTheWorkAndTheTargetAlone) {
  Result before = in_processes({20, 20.1, 19.9});
  Result now = in_processes({10, 10.1, 9.9});
  now.job.protocol.restarts = 3;
  now.job.protocol.time_budget_s = 1;
  Result failed = now;
  failed.status = Status::Crashed;
  failed.failure = Failure{.kind = "signal", .stage = Stage::Run, .message = "SIGSEGV", .stderr_tail = {}};
  (void)write_result("old/matrix_1.json", before);
  (void)write_result("new/matrix_1.json", now);
  (void)write_result("new/matrix_2.json", failed);
  const auto output =
      medbench({"compare", (folder().path() / "old").string(), (folder().path() / "new").string()});
  EXPECT_THAT(output.out, HasSubstr("the candidate is faster")) << output.err;
}

TEST_F(Compare, RefusesWhatIsNotThereAndFilesThatCannotBeWritten) {
  const auto good = write_result("good.json", in_processes({20}));
  (void)write_result("broken/matrix_1.json", in_processes({20}));
  (void)folder().write("broken/matrix_2.json", "{");
  const auto broken = (folder().path() / "broken").string();
  for (const auto& [words, part] : std::vector<std::pair<Words, std::string>>{
           {{"compare", good, "/none"}, "/none: there is no such file"},
           {{"compare", broken, broken}, "broken/matrix_2.json: "},
           {{"compare", good, good, "--junit", "/proc/x/y.xml"}, "/proc"},
           {{"compare", good, good, "--markdown", "/tmp"}, "it is a folder"}}) {
    const auto output = medbench(words);
    EXPECT_EQ(output.status, exited(2)) << output.err;
    EXPECT_EQ(testing::count_lines(output.err), 1U);
    EXPECT_THAT(output.err, HasSubstr(part));
  }
}

TEST_F(Compare, SaysWhatElseDiffers) {
  Result before = in_processes({20, 20, 20});
  Result now = before;
  now.runtime.version = "2.12.0";
  now.threads = 4;
  before.details["placement"] = {{"numa_node", 0}, {"processors", "0-15"}};
  now.details["placement"] = {{"numa_node", nullptr}, {"processors", "0-31"}};
  now.effective_precision = "bf16";
  now.machine = {{"cpu_model", "another"}};
  const auto output = medbench({"compare", write_result("a.json", before), write_result("b.json", now)});
  EXPECT_THAT(output.out, AllOf(HasSubstr("the version of torch differs: 2.11.0 and 2.12.0"),
                                HasSubstr("the number of threads differs: 2 and 4"),
                                HasSubstr("the placement differs: NUMA node 0, processors 0-15 and "
                                          "several NUMA nodes, processors 0-31"),
                                HasSubstr("what the runtime computed in differs: fp32 and bf16"),
                                HasSubstr("the processor differs: ")));
  before.details.erase("placement");
  const auto older = medbench({"compare", write_result("c.json", before), write_result("d.json", now)});
  EXPECT_THAT(older.out, ::testing::Not(HasSubstr("the placement")));
}

TEST_F(Compare, SaysThatTheMachineDiffers) {
  Result before = in_processes({20, 20, 20});
  Result now = before;
  before.machine = {
      {"hostname", "a"}, {"kernel", "6.1"}, {"governor", "performance"}, {"memory_total_mb", 1}};
  now.machine = {{"hostname", "b"}, {"kernel", "6.8"}, {"governor", "powersave"}, {"memory_total_mb", 2}};
  const auto output = medbench({"compare", write_result("a.json", before), write_result("b.json", now)});
  EXPECT_THAT(output.out,
              AllOf(HasSubstr("the machine differs: \"a\" and \"b\""), HasSubstr("the kernel differs"),
                    HasSubstr("the frequency governor differs")));
  EXPECT_THAT(output.out, ::testing::Not(HasSubstr("memory")));
}

TEST_F(Compare, OfFoldersNamesThePartOfTheWorkThatDiffers) {
  Result before = in_processes({20, 20, 20});
  Result now = before;
  now.job.work.seed = 7;
  (void)write_result("old/matrix_1.json", before);
  (void)write_result("new/matrix_1.json", now);
  const auto output =
      medbench({"compare", (folder().path() / "old").string(), (folder().path() / "new").string()});
  EXPECT_THAT(output.out, HasSubstr("not compared: the seed differs, 42 and 7"));
}

TEST_F(Compare, RefusesSamplesThatAreNoDurations) {
  const auto good = write_result("good.json", in_processes({20}));
  Result bad = in_processes({20, 20});
  bad.samples[2].ms = 0;
  const auto output = medbench({"compare", good, write_result("bad.json", bad)});
  EXPECT_EQ(output.status, exited(2));
  EXPECT_THAT(output.err, HasSubstr("bad.json: sample 3 is 0, which is no duration"));
}

TEST_F(Compare, RefusesDifferentWork) {
  const Result base = testing::ok_result(1, 64, 20);
  Result region = base;
  region.job.protocol.region = TimedRegion::Host;
  Result seed = base;
  seed.job.work.seed = 7;
  Result text = base;
  text.job.work.data = TextData{.file = "/notes.txt"};
  const auto baseline = write_result("base.json", base);
  const std::vector<std::pair<Result, std::string>> cases{
      {region, "timed region"},
      {seed, "the seed differs, 42 and 7"},
      {text, "source of inputs"},
      {testing::ok_result(2, 64, 20), "batch size"},
      {testing::ok_result(1, 32, 20), "sequence length"},
      {testing::crashed_result(), "its status is crashed"}};
  for (const auto& [result, complaint] : cases) {
    const auto output = medbench({"compare", baseline, write_result("other.json", result)});
    EXPECT_EQ(output.status, exited(2));
    EXPECT_EQ(testing::count_lines(output.err), 1U);
    EXPECT_THAT(output.err, HasSubstr(complaint));
  }
}

TEST_F(Compare, RefusesWhatIsNoResult) {
  const auto good = write_result("good.json", testing::ok_result(1, 64, 20));
  for (const char* content : {"", "{", "[]", "3", "{}", R"({"job":{}})", R"({"job":3,"status":"ok"})"}) {
    const auto bad = folder().write("bad.json", content).string();
    const auto output = medbench({"compare", good, bad});
    EXPECT_EQ(output.status, exited(2)) << content;
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr("bad.json")) << content;
  }
}

}  // namespace
}  // namespace medbench
