// Workers that are started through another program, which may speak, keep the job to itself or never come
// back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/cli/matrix_program.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

class Launcher : public testing::MatrixTest {
 protected:
  // Behind a launcher that does this; the worker's command line is in "$@".
  [[nodiscard]] ProgramOutput behind(const std::string& script, const Words& more = {}) const {
    const auto file = folder().write("launcher", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    Words words{"--launcher", file.string(), "--backend", "openvino"};
    words.insert(words.end(), more.begin(), more.end());
    return matrix(words);
  }
};

TEST_F(Launcher, IsPutBeforeEveryWorker) {
  const auto log = folder().path() / "launched";
  const auto launcher =
      folder().write("bin/my launcher", "#!/bin/sh\necho \"$2\" >> '" + log.string() + "'\nexec \"$@\"\n");
  std::filesystem::permissions(launcher, std::filesystem::perms::owner_all);
  const auto output = matrix({"--launcher", "'" + launcher.string() + "'", "--acc-check"});
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_EQ(read_text_file(log), "describe\ndescribe\nrun\nrun\nrun\n") << "two rows and a reference";
}

// Only the worker knows the nodes of the machine that a launcher leads to.
TEST_F(Launcher, LeadsToANodeThatIsForTheWorkerToFind) {
  const auto output = matrix({"--launcher", "env", "--backend", "openvino", "--numa-node", "1023", "--json"});
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].job.protocol.numa_node, 1023);
  EXPECT_EQ(results[0].status, Status::Failed);
  EXPECT_THAT(results[0].failure->message, HasSubstr("NUMA node 1023: no processor of such a node"));
}

TEST_F(Launcher, ThatSpeaksIsToldToBeQuiet) {
  const auto complaint =
      AllOf(HasSubstr("load_error"), HasSubstr("launcher' wrote \"Welcome to node 7\" to standard output"),
            HasSubstr("keep it quiet (ssh -T, srun --quiet)"));
  const std::string banner = "echo 'Welcome to node 7'; echo; ";
  EXPECT_THAT(behind(banner + "exec \"$@\"").err, complaint);
  EXPECT_THAT(behind("[ \"$2\" = describe ] || { " + banner + "}; exec \"$@\"").err, complaint);
  EXPECT_THAT(behind("[ \"$2\" = describe ] || { " + banner + "exit 0; }; exec \"$@\"").err, complaint);
}

TEST_F(Launcher, ThatKeepsStandardInputIsToldToPassItOn) {
  const auto complaint = AllOf(HasSubstr("ssh without -n, srun --input=all, docker run -i, kubectl exec -i"));
  EXPECT_THAT(behind("exec \"$@\" < /dev/null").err, complaint);
  EXPECT_THAT(behind("exec \"$@\" <&-").err, complaint);
}

TEST_F(Launcher, ThatNeverComesBackIsShownByItsLastLine) {
  const auto output = behind(
      "[ \"$2\" = describe ] && exec \"$@\"\necho 'queued' >&2; echo 'waiting for an allocation' >&2; sleep "
      "30",
      {"--load-timeout", "1"});
  EXPECT_EQ(output.status, exited(1));
  EXPECT_THAT(output.err, AllOf(HasSubstr("timeout (start): "),
                                HasSubstr("; the launcher's last words: waiting for an allocation\n")));
}

TEST_F(Launcher, ThatCannotGetThereIsShownByItsLastLine) {
  const std::string refused = "echo 'ssh: connect to host n7 port 22: Connection refused' >&2; exit 255";
  const auto complaint =
      HasSubstr("the launcher's last words: ssh: connect to host n7 port 22: Connection refused");
  EXPECT_THAT(behind(refused).err, complaint);
  EXPECT_THAT(behind("[ \"$2\" = describe ] && exec \"$@\"\n" + refused).err, complaint);
}

}  // namespace
}  // namespace medbench
