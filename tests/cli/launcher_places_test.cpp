// A launcher that gives a worker a place only when another's is free, as the queue of a cluster does: rows do
// not wait for a place that one of their own holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/support/launcher_of_places.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;

class LauncherPlaces : public testing::MedbenchTest {
 protected:
  // A start that does not come within this time, which could wait for ten seconds, is put off.
  [[nodiscard]] Words one_place() const {
    return {"--launcher", testing::launcher_of_places(folder(), 1), "--load-timeout", "5"};
  }
  [[nodiscard]] static Words fake(const std::string& latencies_ms) {
    return {"--backend",        "fake",
            "--seq-length",     "8",
            "--backend-option", "script={\"model\":false,\"latencies_ms\":" + latencies_ms + "}"};
  }
  static void append(Words& words, const Words& more) { words.insert(words.end(), more.begin(), more.end()); }
};

TEST_F(LauncherPlaces, OfWhichThereIsOneAreEnoughForAMatrixAndItsPlayoff) {
  Words words{"matrix",          "--precision",      "fp32", "bf16", "fp16", "--output-dir",
              output().string(), "--playoff-budget", "60"};
  append(words, one_place());
  append(words, fake("[10]"));
  const auto ran = medbench(words);
  EXPECT_EQ(ran.status, exited(0)) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("6 rounds"));
  const std::string put_off =
      " beside 1 worker that waits for its turn and may hold the launcher's last place";
  const auto first = ran.err.find(put_off);
  ASSERT_NE(first, std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find(put_off, first + 1), std::string::npos) << "once is enough: " << ran.err;
  std::size_t rows = 0;
  std::size_t playoffs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(output())) {
    const std::string name = entry.path().filename();
    if (name.starts_with("matrix_")) {
      const Result row = result_from_json(read_json_file(entry.path()));
      EXPECT_EQ(row.status, Status::Ok);
      EXPECT_THAT(row.notes, ::testing::Contains(HasSubstr("the launcher started no worker beside 1")));
      ++rows;
    } else if (name.starts_with("playoff_")) {
      EXPECT_EQ(read_json_file(entry.path())["took_turns"], false);
      ++playoffs;
    }
  }
  EXPECT_EQ(rows, 3U);
  EXPECT_EQ(playoffs, 1U);
}

TEST_F(LauncherPlaces, OfWhichThereIsOneAreEnoughForAb) {
  Words words{"ab", "--output-root", output().string(), "--pair-seconds", "0.5"};
  append(words, one_place());
  append(words, fake("[10]"));
  words.emplace_back("--");
  append(words, one_place());
  append(words, fake("[10.5]"));
  const auto ran = medbench(words);
  EXPECT_EQ(ran.status, exited(1)) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("the candidate is slower: 1.050 times"),
                             HasSubstr("one after the other, A B B A, and not in turns")));
}

}  // namespace
}  // namespace medbench
