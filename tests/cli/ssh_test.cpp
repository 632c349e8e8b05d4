// Workers behind a real sshd, which this starts for the current user on the loopback.
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <unistd.h>

#include "tests/cli/matrix_program.hpp"
#include "tests/support/daemons.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;
using testing::Daemon;
using testing::exited;
using testing::find_program;
using ::testing::HasSubstr;
using testing::ProgramOutput;

constexpr std::chrono::seconds kPatience{30};

class Ssh : public testing::MatrixTest {
 protected:
  void SetUp() override {
    const std::string sshd = find_program("sshd");
    if (sshd.empty() || find_program("ssh-keygen").empty() || find_program("ssh").empty())
      GTEST_SKIP() << "there is no sshd: openssh-server and openssh-client are not installed";
    install("openvino", "fake", "echo $$ >> '" + workers().string() + "'");
    for (const char* key : {"host", "user"}) {
      const auto made = run({find_program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", path(key)});
      ASSERT_EQ(made.status, exited(0)) << made.err;
    }
    const int port = testing::free_port();
    const auto config = folder().write(
        "sshd_config", fmt::format("ListenAddress 127.0.0.1\nPort {}\nHostKey {}\nAuthorizedKeysFile {}\n"
                                   "PidFile none\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
                                   "PasswordAuthentication no\nKbdInteractiveAuthentication no\n",
                                   port, path("host"), path("user.pub")));
    std::vector<std::string> words{sshd, "-D", "-e", "-f", config.string()};
    // It wants a folder there, which root alone may make; ours is gone with it.
    if (::geteuid() == 0 && !fs::exists("/run/sshd")) {
      const std::string makes_folder = "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && exec \"$@\"";
      words.insert(words.begin(), {"unshare", "-m", "/bin/sh", "-c", makes_folder, "sh"});
    }
    server_ = std::make_unique<Daemon>(words, path("sshd.log"));
    ssh_ = fmt::format(
        "ssh -T -F none -i {} -p {} -o BatchMode=yes -o IdentitiesOnly=yes -o LogLevel=ERROR "
        "-o StrictHostKeyChecking=no -o UserKnownHostsFile={} 127.0.0.1",
        path("user"), port, path("known_hosts"));
    ProgramOutput login;
    const auto has_answered = [&] {
      login = run_shell(ssh_ + " true");
      return server_->has_ended() || login.err.find("Connection refused") == std::string::npos;
    };
    if (!testing::comes_true(has_answered, kPatience) || login.status != exited(0))
      GTEST_SKIP() << "sshd lets nobody in here: " << login.err << read_text_file(path("sshd.log"));
  }
  void TearDown() override { server_.reset(); }

  [[nodiscard]] Words rows(const Words& more) const {
    Words words{"--backend", "openvino", "--precision", "fp32", "bf16", "--launcher", ssh_};
    words.insert(words.end(), more.begin(), more.end());
    return matrix_words(words);
  }
  // Of rows that would take minutes, when the second has begun and the first waits for its turn.
  [[nodiscard]] ProgramOutput stopped_by(int signal) const {
    bool sent = false;
    return testing::run_program(options(rows({"--iters", "100000", "--backend-option",
                                              "script={\"latencies_ms\":[20],\"sleep_ms\":5}"})),
                                [&](const ProgramOutput& so_far, const Subprocess& process) {
                                  if (sent || so_far.err.find("[2/2]") == std::string::npos || started() < 2)
                                    return;
                                  ::kill(process.pid(), signal);
                                  sent = true;
                                });
  }
  [[nodiscard]] bool workers_have_ended() const {
    EXPECT_EQ(started(), 2U);
    return testing::comes_true([&] { return testing::running_of(workers()).empty(); }, kPatience);
  }
  [[nodiscard]] std::size_t started() const {
    return fs::exists(workers()) ? testing::count_lines(read_text_file(workers())) : 0;
  }
  [[nodiscard]] std::string path(const char* name) const { return folder().path() / name; }
  [[nodiscard]] fs::path workers() const { return folder().path() / "workers"; }  // their numbers

 private:
  [[nodiscard]] static ProgramOutput run(const Words& words) {
    return testing::run_program({.argv = words, .environment = {}});
  }
  [[nodiscard]] static ProgramOutput run_shell(const std::string& line) {
    return run({"/bin/sh", "-c", line});
  }

  std::unique_ptr<Daemon> server_;
  std::string ssh_;
};

TEST_F(Ssh, GivesRowsInTurns) {
  const auto output = testing::run_program(options(rows({"--iters", "1000", "--warmup", "1", "--json"})));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  const auto results = results_of(output);
  ASSERT_EQ(results.size(), 2U);
  for (const Result& row : results) {
    EXPECT_EQ(row.status, Status::Ok);
    EXPECT_EQ(row.samples.size(), 1000U);
    EXPECT_THAT(row.notes, ::testing::Not(::testing::Contains(HasSubstr("the launcher"))));
  }
  EXPECT_LT(output.err.find("[2/2]"), output.err.find(": ok")) << output.err;
  EXPECT_TRUE(workers_have_ended());
}

TEST_F(Ssh, PassesAnInterruptionOn) {
  const auto output = stopped_by(SIGINT);
  EXPECT_EQ(output.status, exited(128 + SIGINT)) << output.err;
  EXPECT_TRUE(workers_have_ended());
  ASSERT_FALSE(result_files().empty());
  EXPECT_FALSE(result_from_json(read_json_file(result_files().front())).samples.empty());
}

TEST_F(Ssh, LeavesNoWorkerBehindAProgramThatIsKilled) {
  EXPECT_EQ(stopped_by(SIGKILL).status, (ExitStatus{ExitStatus::Kind::Signalled, SIGKILL}));
  EXPECT_TRUE(workers_have_ended());
}

}  // namespace
}  // namespace medbench
