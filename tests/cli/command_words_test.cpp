#include "medbench/command_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> split(std::string_view text) {
  return split_command("--launcher", text);
}

TEST(SplitCommand, SplitsAtBlanks) {
  EXPECT_THAT(split("srun -N1"), ElementsAre("srun", "-N1"));
  EXPECT_THAT(split("  ssh\thost  "), ElementsAre("ssh", "host"));
}

TEST(SplitCommand, KeepsWhatIsQuotedTogether) {
  EXPECT_THAT(split("a 'b c' \"d e\" f' 'g"), ElementsAre("a", "b c", "d e", "f g"));
  EXPECT_THAT(split("a '' \"\""), ElementsAre("a", "", ""));
  EXPECT_THAT(split(R"(a\ b "c\"d" 'e\f')"), ElementsAre("a b", "c\"d", "e\\f"));
}

TEST(SplitCommand, RefusesWhatIsNone) {
  testing::expect_error(ErrorKind::Usage, "a quote does not end", [] { split("a 'b"); });
  testing::expect_error(ErrorKind::Usage, "it holds no command", [] { split(" \t"); });
}

}  // namespace
}  // namespace medbench
