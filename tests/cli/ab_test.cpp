#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::count_lines;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

class Ab : public testing::MedbenchTest {
 protected:
  // A side whose passes take that long by the fake worker's clock.
  [[nodiscard]] static Words side(const std::string& latencies_ms, const Words& more = {}) {
    Words words{"--backend",        "fake",
                "--seq-length",     "8",
                "--backend-option", "script={\"model\":false,\"latencies_ms\":" + latencies_ms + "}"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  [[nodiscard]] ProgramOutput ab(const Words& own, const Words& a, const Words& b) const {
    Words words{"ab", "--output-root", output().string(), "--pair-seconds", "0.5"};
    words.insert(words.end(), own.begin(), own.end());
    words.insert(words.end(), a.begin(), a.end());
    words.emplace_back("--");
    words.insert(words.end(), b.begin(), b.end());
    return medbench(words);
  }
  [[nodiscard]] Json record() const {
    for (const auto& entry : std::filesystem::directory_iterator(output()))
      return read_json_file(entry.path());
    return {};
  }
};

TEST_F(Ab, TellsTheSlowerSide) {
  const auto xml = (folder().path() / "ab.xml").string();
  const auto output = ab({"--junit", xml}, side("[10]"), side("[10.5]"));
  EXPECT_EQ(output.status, exited(1)) << output.err;
  EXPECT_THAT(output.out,
              HasSubstr("the candidate is slower: 1.050 times the baseline's latency, 1.050 to 1.050"));
  EXPECT_THAT(output.err, HasSubstr("pair 6: B takes 1.050 times as long as A"));
  EXPECT_THAT(read_text_file(xml), HasSubstr("failures=\"1\""));
  const Json json = record();
  EXPECT_EQ(json["pairs_or_processes"], 6);
  ASSERT_EQ(json["sides"].size(), 2U);
  const Result b = result_from_json(json["sides"][1]);
  EXPECT_EQ(b.metrics.get("processes.n"), 6);
  EXPECT_EQ(b.samples.back().process, 5U);
}

TEST_F(Ab, HasAnExitCodeForEachAnswer) {
  EXPECT_EQ(ab({"--quiet"}, side("[10]"), side("[10]")).status, exited(0));
  EXPECT_EQ(ab({"--quiet"}, side("[10]"), side("[9]")).status, exited(0));
  EXPECT_EQ(ab({"--quiet", "--max-slowdown", "10"}, side("[10]"), side("[10.5]")).status, exited(0));
  EXPECT_EQ(ab({"--quiet"}, side("[10]"), side("[10,10]", {"--precision", "fp32", "--backend-option", "x=1"}))
                .status,
            exited(0));
}

TEST_F(Ab, MeasuresOneAfterTheOtherWhereTurnsAreNotWanted) {
  const auto output = ab({}, side("[10]", {"--order", "sequential"}), side("[10]"));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("one after the other, A B B A"));
}

TEST_F(Ab, KeepsTheOtherSideWhereOneFails) {
  const auto output = ab({}, side("[10]"), side("[10],\"refuse\":\"not today\""));
  EXPECT_EQ(output.status, exited(2));
  EXPECT_THAT(output.out, HasSubstr("not compared: B was unsupported: not today"));
  EXPECT_FALSE(result_from_json(record()["sides"][0]).samples.empty());
}

TEST_F(Ab, RefusesInOneLine) {
  const auto refuse = [&](const ProgramOutput& output, const char* part) {
    EXPECT_EQ(output.status, exited(2)) << output.err;
    EXPECT_EQ(count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr(part));
  };
  refuse(medbench({"ab", "--backend", "fake"}), "two configurations with -- between them");
  refuse(ab({}, side("[1]"), side("[1]", {"--batch-size", "2"})),
         "do different work: the batch size differs");
  refuse(ab({}, side("[1]"), side("[1]", {"--timed-region", "host"})), "the timed region differs");
  refuse(ab({}, side("[1]"), side("[1]", {"--precision", "fp32", "bf16"})), "side B makes 2 rows");
  refuse(ab({"--max-slowdown", "x"}, side("[1]"), side("[1]")), "--max-slowdown");
  refuse(ab({}, side("[1]"), {"--bogus"}), "--bogus");
  refuse(ab({}, side("[1]", {"--libexec", "/nowhere"}), side("[1]")),
         "--libexec /nowhere: there is no such folder");
  refuse(ab({"--junit", "/proc/no/x.xml"}, side("[1]"), side("[1]")), "/proc/no");
}

}  // namespace
}  // namespace medbench
