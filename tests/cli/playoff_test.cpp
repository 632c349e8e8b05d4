// The end of a matrix: the play-off, and what it may cost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "base/file.hpp"
#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramOutput;

class PlayoffOfMatrix : public testing::MedbenchTest {
 protected:
  // Two rows of the fake worker, whose clock goes far faster than ours.
  [[nodiscard]] ProgramOutput matrix(const Words& more) const {
    Words words{"matrix",
                "--backend",
                "fake",
                "--precision",
                "fp32",
                "bf16",
                "--seq-length",
                "8",
                "--output-root",
                output().string(),
                "--backend-option",
                R"(script={"model":false,"latencies_ms":[10]})"};
    words.insert(words.end(), more.begin(), more.end());
    return medbench(words);
  }
};

TEST_F(PlayoffOfMatrix, IsNotBegunWhereItWouldTakeMoreThanAThirdOfTheRows) {
  const auto output = matrix({});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, HasSubstr("no play-off of the 2 rows that may be the fastest"));
  EXPECT_THAT(output.err, Not(HasSubstr("play-off of 2 rows")));
}

TEST_F(PlayoffOfMatrix, TakesTheBudgetThatIsGivenAsItIs) {
  const auto output = matrix({"--playoff-budget", "60"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("play-off of 2 rows"));
  EXPECT_THAT(output.out, AllOf(HasSubstr("cannot be told"), HasSubstr("6 rounds")));
}

// The page is written again after it, and by `medbench report` from the folder alone.
TEST_F(PlayoffOfMatrix, DecidesOnThePage) {
  const auto output = matrix({"--playoff-budget", "60", "--report"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const auto decided = AllOf(HasSubstr("As fast as"), HasSubstr("6 pairs of a play-off), which is the same"));
  std::optional<std::filesystem::path> written;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(this->output())) {
    if (entry.path().filename() == "report.html") written = entry.path();
  }
  ASSERT_TRUE(written);
  EXPECT_THAT(read_text_file(*written), decided);
  const std::filesystem::path again = folder().path() / "again.html";
  EXPECT_EQ(medbench({"report", this->output().string(), "-o", again.string()}).status, exited(0));
  EXPECT_THAT(read_text_file(again), decided);
}

TEST_F(PlayoffOfMatrix, IsLeftOutWhereTheNumberOfIterationsIsGiven) {
  EXPECT_THAT(matrix({"--iters", "8"}).out, Not(HasSubstr("play-off")));
  EXPECT_EQ(matrix({"--no-playoff", "--playoff-budget", "2"}).status, exited(2));
}

}  // namespace
}  // namespace medbench
