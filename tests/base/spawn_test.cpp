#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/base/shell.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;
using testing::read_all;
using testing::shell;
using testing::TemporaryFolder;

TEST(Spawn, AddsToTheEnvironmentAndReplaces) {
  const testing::ScopedEnvironment inherited("MEDBENCH_TEST_INHERITED", "kept");
  const testing::ScopedEnvironment replaced("MEDBENCH_TEST_REPLACED", "old");
  ProcessOptions options = shell(
      "echo $MEDBENCH_TEST_INHERITED $MEDBENCH_TEST_REPLACED $MEDBENCH_TEST_ADDED; env | grep -c _REPLACED=");
  options.environment = {{"MEDBENCH_TEST_REPLACED", "new"}, {"MEDBENCH_TEST_ADDED", "x y"}};
  Subprocess process(options);
  EXPECT_EQ(read_all(process.output().get()), "kept new x y\n1\n");
}

TEST(Spawn, LooksUpNamesInPath) {
  const TemporaryFolder folder;
  const auto program = folder.write("medbench-test-program", "#!/bin/sh\necho found\n");
  chmod(program.c_str(), 0755);
  const testing::ScopedEnvironment path("PATH", "/nowhere:" + folder.path().string());
  Subprocess process({.argv = {"medbench-test-program"}, .environment = {}});
  EXPECT_EQ(read_all(process.output().get()), "found\n");
}

TEST(Spawn, FailsToStartWithTheReason) {
  const TemporaryFolder folder;
  const auto script = folder.write("script", "#!/bin/sh\n");
  const auto garbage = folder.write("garbage",
                                    "\x7f"
                                    "ELF is not enough");
  const auto orphan = folder.write("orphan", "#!/nowhere/interpreter\n");
  chmod(garbage.c_str(), 0755);
  chmod(orphan.c_str(), 0755);
  struct Case {
    std::string program;
    int code;
    std::string part;
  };
  for (const Case& c :
       {Case{"/nowhere/program", ENOENT, "No such file"}, Case{script, EACCES, "Permission denied"},
        Case{garbage, ENOEXEC, "Exec format error"}, Case{orphan, ENOENT, "interpreter"},
        Case{"no-such-program-anywhere", ENOENT, "not found in PATH"},
        Case{folder.path(), EACCES, "Permission denied"}}) {
    try {
      const Subprocess process({.argv = {c.program}, .environment = {}});
      ADD_FAILURE() << c.program << " was started";
    } catch (const SpawnError& error) {
      EXPECT_EQ(error.code(), c.code) << c.program;
      EXPECT_EQ(error.kind(), ErrorKind::Environment);
      EXPECT_THAT(error.what(), HasSubstr(c.part));
    }
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a child that could not be started was not reaped";
  EXPECT_EQ(errno, ECHILD);
  testing::expect_error(ErrorKind::Usage, "empty command",
                        [] { const Subprocess process(ProcessOptions{}); });
}

TEST(Spawn, ChildSeesOnlyItsOwnThreeDescriptors) {
  const Subprocess other(shell("sleep 30"));  // its pipes must not leak into the next child
  Subprocess process(shell("ls /proc/self/fd | wc -l"));
  // Those three and the one that ls opens for the folder; a harness may have handed this test further ones.
  std::size_t inherited = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    const int flags = fcntl(fd, F_GETFD);
    if (fd > STDERR_FILENO && flags >= 0 && (flags & FD_CLOEXEC) == 0) ++inherited;
  }
  EXPECT_EQ(std::stoul(read_all(process.output().get())), 4 + inherited);
}

TEST(Spawn, StartsWithDefaultSignals) {
  struct sigaction ignore {};
  struct sigaction old {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &old);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  {
    Subprocess process(shell("kill -PIPE $$; echo survived"));
    EXPECT_EQ(read_all(process.output().get()), "");
    Subprocess blocking(shell("kill -TERM $$; echo survived"));
    EXPECT_EQ(read_all(blocking.output().get()), "");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  sigaction(SIGPIPE, &old, nullptr);
}

}  // namespace
}  // namespace medbench
