// What is written where file systems have less than usual, and for whom.
#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include "tests/cli/medbench_program.hpp"
#include "tests/support/denied_calls.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

class FolderRights : public testing::MedbenchTest {
 protected:
  // Nothing where the kernel does not filter system calls.
  [[nodiscard]] std::optional<ProgramOutput> run_without(const std::vector<int>& calls, int error) const {
    ProgramOutput output;
    const bool is_filtered = testing::without_calls(calls, error, [&] {
      output = run_fake_medical({"--num-iterations", "2", "--batch-sizes", "1", "2"});
    });
    return is_filtered ? std::optional(output) : std::nullopt;
  }

  // Of all files below.
  [[nodiscard]] std::map<std::string, unsigned> rights() const {
    std::map<std::string, unsigned> found;
    for (const auto& entry : fs::recursive_directory_iterator(output()))
      found[entry.path().filename()] = static_cast<unsigned>(entry.status().permissions());
    return found;
  }
};

TEST_F(FolderRights, ResultsAreWrittenWithoutHardLinks) {
  const auto output = run_without(testing::calls_that_link(), EPERM);
  if (!output) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_EQ(output->status, exited(0)) << output->err;
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(FolderRights, ResultsAreWrittenWithoutRenamingThatDoesNotReplace) {
  const auto output = run_without({SYS_renameat2}, EINVAL);
  if (!output) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_EQ(output->status, exited(0)) << output->err;
  ASSERT_EQ(files().size(), 2U);
  for (const auto& file : files()) EXPECT_EQ(read_json_file(file)["status"], "ok");
}

TEST_F(FolderRights, ALockThatCannotBeHadIsSaidOnce) {
  const auto output = run_without({SYS_flock}, ENOLCK);
  if (!output) GTEST_SKIP() << "this kernel does not filter system calls";
  EXPECT_EQ(output->status, exited(0)) << output->err;
  const auto first = output->err.find("cannot lock ");
  ASSERT_NE(first, std::string::npos) << output->err;
  EXPECT_THAT(output->err, HasSubstr(".summary.lock: No locks available; the summaries are written without"));
  EXPECT_EQ(output->err.find("cannot lock ", first + 1), std::string::npos);
  EXPECT_EQ(read_json_file(this->output() / "summary.json").size(), 2U);
}

TEST_F(FolderRights, FollowTheUmask) {
  for (const auto& [mask, wanted] : {std::pair{"077", 0600U}, std::pair{"002", 0664U}}) {
    fs::remove_all(output());
    const auto words =
        fake_medical({"--num-iterations", "2", "--save-outputs", (output() / "saved").string()});
    Words shell{"/bin/sh", "-c", std::string("umask ") + mask + "; exec \"$0\" \"$@\""};
    shell.insert(shell.end(), words.begin(), words.end());
    const auto ran = testing::run_program(options(shell));
    ASSERT_EQ(ran.status, exited(0)) << ran.err;
    std::size_t outputs = 0;
    for (const auto& [name, found] : rights()) {
      EXPECT_EQ(found, name == "saved" ? wanted | (wanted & 0444U) >> 2U : wanted)
          << name << " with " << mask;
      if (name.ends_with(".safetensors")) ++outputs;
    }
    EXPECT_EQ(outputs, 1U);
    EXPECT_TRUE(rights().contains(".summary.lock"));
  }
}

}  // namespace
}  // namespace medbench
