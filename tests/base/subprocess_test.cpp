#include "base/subprocess.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/base/shell.hpp"

namespace medbench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using testing::read_all;
using testing::shell;

void wait_for_end(const Subprocess& process) {
  const auto deadline = Clock::now() + 5s;
  while (!process.has_exited() && Clock::now() < deadline) std::this_thread::sleep_for(1ms);
  ASSERT_TRUE(process.has_exited());
}

ExitStatus run(const std::string& script) {
  Subprocess process(shell(script));
  wait_for_end(process);
  return process.finish();
}

// "R", "S", "Z" ... or nothing when there is no such process.
std::string process_state(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const std::size_t end = text.rfind(") ");
  return end == std::string::npos ? "" : text.substr(end + 2, 1);
}

bool goes_away(pid_t pid) {
  for (int i = 0; i < 1000; ++i) {
    const std::string state = process_state(pid);
    if (state.empty() || state == "Z") return true;  // a zombie belongs to init by now
    std::this_thread::sleep_for(2ms);
  }
  return false;
}

std::size_t count_open_files() {
  const std::filesystem::directory_iterator files("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(Subprocess, CarriesTheThreeStreams) {
  Subprocess process(shell("read line; echo \"got $line\"; echo trouble >&2"));
  ASSERT_EQ(write_some(process.input().get(), "hello\n"), 6U);
  EXPECT_EQ(read_all(process.output().get()), "got hello\n");
  EXPECT_EQ(read_all(process.error().get()), "trouble\n");
  wait_for_end(process);
  EXPECT_EQ(process.finish(), (ExitStatus{ExitStatus::Kind::Exited, 0}));
}

TEST(Subprocess, ClosedInputIsTheEndOfTheStream) {
  Subprocess process(shell("cat; echo done"));
  process.input().reset();
  EXPECT_EQ(read_all(process.output().get()), "done\n");
}

TEST(Subprocess, DecodesExitCodesAndSignals) {
  EXPECT_EQ(run("exit 0"), (ExitStatus{ExitStatus::Kind::Exited, 0}));
  EXPECT_EQ(run("exit 37"), (ExitStatus{ExitStatus::Kind::Exited, 37}));
  EXPECT_EQ(run("kill -SEGV $$"), (ExitStatus{ExitStatus::Kind::Signalled, SIGSEGV}));
  EXPECT_EQ(run("kill -KILL $$"), (ExitStatus{ExitStatus::Kind::Signalled, SIGKILL}));
}

TEST(Subprocess, NamesStatuses) {
  EXPECT_EQ(to_string({ExitStatus::Kind::Exited, 3}), "exit code 3");
  EXPECT_EQ(to_string({ExitStatus::Kind::Signalled, SIGSEGV}), "signal SIGSEGV (Segmentation fault)");
  EXPECT_EQ(to_string(ExitStatus{}), "an unknown exit status");
  EXPECT_EQ(signal_name(SIGKILL), "SIGKILL");
  EXPECT_EQ(signal_name(60), "signal 60");
}

TEST(Subprocess, LeavesNoDescriptorAndNoZombieBehind) {
  const std::size_t before = count_open_files();
  for (int i = 0; i < 20; ++i) {
    const Subprocess process(shell("sleep 30"));
    EXPECT_THROW(Subprocess({.argv = {"/nowhere"}, .environment = {}}), SpawnError);
  }
  EXPECT_EQ(count_open_files(), before);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Subprocess, WritingToAChildThatDoesNotReadIsNoSignal) {
  Subprocess process(shell("exec <&-; echo closed; sleep 30"));
  std::array<char, 16> buffer{};
  pollfd ready{process.output().get(), POLLIN, 0};
  ASSERT_EQ(poll(&ready, 1, 5000), 1);
  ASSERT_EQ(read_some(process.output().get(), buffer), 7U);
  EXPECT_EQ(write_some(process.input().get(), "x"), std::nullopt);
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(Subprocess, PipesNeverBlock) {
  Subprocess process(shell("sleep 30"));
  std::array<char, 16> buffer{};
  EXPECT_EQ(read_some(process.output().get(), buffer), 0U);
  const std::string block(1 << 20, 'x');
  const auto taken = write_some(process.input().get(), block);
  ASSERT_TRUE(taken);
  EXPECT_LT(*taken, block.size());
  EXPECT_EQ(write_some(process.input().get(), block), 0U);
}

TEST(Subprocess, ExitDescriptorBecomesReadable) {
  Subprocess process(shell("read line"));
  if (process.exit_fd() < 0) GTEST_SKIP() << "this kernel has no pidfd";
  pollfd exit{process.exit_fd(), POLLIN, 0};
  EXPECT_EQ(poll(&exit, 1, 0), 0);
  process.input().reset();
  EXPECT_EQ(poll(&exit, 1, 5000), 1);
}

TEST(Subprocess, TerminateIsGentleFirst) {
  Subprocess process(shell("trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.01; done"));
  std::array<char, 16> buffer{};
  pollfd ready{process.output().get(), POLLIN, 0};
  ASSERT_EQ(poll(&ready, 1, 5000), 1);
  ASSERT_EQ(read_some(process.output().get(), buffer), 6U);
  EXPECT_EQ(process.terminate(5s), (ExitStatus{ExitStatus::Kind::Exited, 5}));
  EXPECT_EQ(read_all(process.output().get()), "bye\n");
}

TEST(Subprocess, TerminateKillsWhatIgnoresIt) {
  Subprocess process(shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"));
  pollfd ready{process.output().get(), POLLIN, 0};
  ASSERT_EQ(poll(&ready, 1, 5000), 1);
  EXPECT_EQ(process.terminate(50ms), (ExitStatus{ExitStatus::Kind::Signalled, SIGKILL}));
}

TEST(Subprocess, TerminateCanBeHurried) {
  Subprocess process(shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"));
  pollfd ready{process.output().get(), POLLIN, 0};
  ASSERT_EQ(poll(&ready, 1, 5000), 1);
  const auto begin = Clock::now();
  process.terminate(60s, [] { return false; });
  EXPECT_LT(Clock::now() - begin, 10s);
}

TEST(Subprocess, TerminateWakesAStoppedChild) {
  Subprocess process(shell("kill -STOP $$"));
  for (int i = 0; i < 1000 && process_state(process.pid()) != "T"; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(process.terminate(5s), (ExitStatus{ExitStatus::Kind::Signalled, SIGTERM}));
}

TEST(Subprocess, GrandchildrenDieWithTheGroup) {
  pid_t grandchild = 0;
  {
    Subprocess process(shell("sleep 30 & echo $!; wait"));
    std::array<char, 16> buffer{};
    pollfd ready{process.output().get(), POLLIN, 0};
    ASSERT_EQ(poll(&ready, 1, 5000), 1);
    const auto count = read_some(process.output().get(), buffer);
    ASSERT_GT(count.value_or(0), 0U);
    grandchild = std::stoi(std::string(buffer.data(), *count));
    EXPECT_NE(process_state(grandchild), "");
  }
  EXPECT_TRUE(goes_away(grandchild));
}

TEST(Subprocess, DiesWithItsParent) {
  const Pipe pipe = make_pipe();
  const pid_t parent = fork();
  if (parent == 0) {
    const Subprocess process(shell("exec sleep 30"));
    const pid_t pid = process.pid();
    if (write(pipe.writer.get(), &pid, sizeof pid) < 0) _exit(1);
    kill(getpid(), SIGKILL);
  }
  pid_t child = 0;
  ASSERT_EQ(read(pipe.reader.get(), &child, sizeof child), static_cast<ssize_t>(sizeof child));
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(goes_away(child));
}

TEST(Subprocess, AStatusThatSomebodyElseTookIsLost) {
  Subprocess process(shell("exit 3"));
  ASSERT_EQ(waitpid(process.pid(), nullptr, 0), process.pid());
  EXPECT_TRUE(process.has_exited());
  EXPECT_EQ(process.finish().kind, ExitStatus::Kind::Lost);
}

}  // namespace
}  // namespace medbench
