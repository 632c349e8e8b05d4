// Workers behind a real Slurm: one node of two processors, whose daemons this starts for the current user.
#include <array>
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
constexpr std::chrono::seconds kLongestRun{180};
constexpr std::size_t kRows = 3;

class Slurm : public testing::MatrixTest {
 protected:
  void SetUp() override {
    for (const char* program : {"munged", "slurmctld", "slurmd", "srun", "sbatch", "scancel"}) {
      if (find_program(program).empty())
        GTEST_SKIP() << "there is no " << program << ": slurm-wlm and munge are not installed";
    }
    install("openvino", "fake", "echo $$ >> '" + path("workers") + "'");
    start_daemons();
    const auto takes_jobs = [&] { return run({"srun", "-N1", "-c2", "true"}).status == exited(0); };
    if (!testing::comes_true(takes_jobs, kPatience))
      GTEST_SKIP() << "Slurm does not come up here:\n" << logs();
  }
  void TearDown() override {
    if (daemons_.empty()) return;
    // Nothing that a job left behind outlives the node.
    run({"scancel", "--full", "--signal=KILL", "--state=RUNNING"});
    run({"scancel", "--state=PENDING"});
    EXPECT_TRUE(testing::comes_true([&] { return run({"squeue", "--noheader"}).out.empty(); }, kPatience));
    EXPECT_TRUE(testing::comes_true([&] { return testing::running_of(path("workers")).empty(); }, kPatience));
    while (!daemons_.empty()) daemons_.pop_back();
  }

  // With the rows of a fake worker, each of which takes both processors of the node.
  [[nodiscard]] Words rows() const {
    return matrix_words({"--backend", "openvino", "--precision", "fp32", "bf16", "fp16", "--iters", "1000",
                         "--warmup", "1", "--launcher", "srun -N1 -c2", "--json"});
  }
  void expect_rows(const ProgramOutput& output) const {
    EXPECT_THAT(output.err, HasSubstr(" beside 1 worker that waits for its turn"));
    const auto results = results_of(output);
    ASSERT_EQ(results.size(), kRows);
    for (const Result& row : results) {
      EXPECT_EQ(row.status, Status::Ok) << row.job.id;
      EXPECT_EQ(row.samples.size(), 1000U);
    }
  }
  ProgramOutput run(const Words& words) const {
    ProcessOptions process = options(words);
    process.environment.emplace_back("SLURM_CONF", path("slurm.conf"));
    return testing::run_program(process, {}, kLongestRun);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder().path() / name; }

 private:
  void start_daemons() {
    for (const char* made : {"state", "spool", "munge"}) fs::create_directory(path(made));
    fs::permissions(path("munge"), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
    const auto key = folder().write("munge/key", std::string(128, 'k'));
    fs::permissions(key, fs::perms::owner_read);
    const std::string socket = path("munge/socket");
    daemons_.push_back(std::make_unique<Daemon>(
        Words{find_program("munged"), "--foreground", "--force", "--socket=" + socket,
              "--key-file=" + key.string(), "--pid-file=" + path("munge/pid"),
              "--seed-file=" + path("munge/seed"), "--log-file=" + path("munge/log"), "--num-threads=2"},
        path("munged.log")));
    const std::string config = folder().write("slurm.conf", configuration(socket));
    daemons_.push_back(std::make_unique<Daemon>(Words{find_program("slurmctld"), "-D", "-c", "-f", config},
                                                path("slurmctld.log")));
    daemons_.push_back(std::make_unique<Daemon>(
        Words{find_program("slurmd"), "-D", "-N", "node", "-f", config}, path("slurmd.log")));
  }
  [[nodiscard]] std::string configuration(const std::string& munge) const {
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    const int port = testing::free_port();
    int other_port = port;
    while (other_port == port) other_port = testing::free_port();
    const std::string user = testing::run_program({.argv = {"id", "-un"}, .environment = {}}).out;
    return fmt::format(
        R"(ClusterName=medbench
SlurmctldHost={0}(127.0.0.1)
SlurmctldPort={1}
SlurmdPort={2}
SlurmUser={3}
SlurmdUser={3}
AuthType=auth/munge
AuthInfo=socket={4}
CredType=cred/munge
StateSaveLocation={5}/state
SlurmdSpoolDir={5}/spool
SlurmctldPidFile={5}/slurmctld.pid
SlurmdPidFile={5}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
NodeName=node NodeHostname={0} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
)",
        host.data(), port, other_port, user.substr(0, user.find('\n')), munge, folder().path().string());
  }
  [[nodiscard]] std::string logs() const {
    std::string text;
    for (const char* name : {"munged.log", "slurmctld.log", "slurmd.log"})
      text += fmt::format("{}:\n{}\n", name, read_text_file(path(name)));
    return text;
  }

  std::vector<std::unique_ptr<Daemon>> daemons_;
};

TEST_F(Slurm, HasAPlaceForEachRowInTurn) {
  const auto output = run(rows());
  EXPECT_EQ(output.status, exited(0)) << output.err;
  expect_rows(output);
}

TEST_F(Slurm, HasAPlaceForEachRowInTurnWithinABatch) {
  std::string line;
  for (const auto& word : rows()) line += "'" + word + "' ";
  const auto script = folder().write("job.sh", "#!/bin/sh\ncd '" + folder().path().string() + "'\n" + line +
                                                   "> job.out 2> job.err\necho $? > job.status\n");
  const auto batch = run({"sbatch", "-N1", "-n1", "-c2", "--output=/dev/null", script.string()});
  ASSERT_EQ(batch.status, exited(0)) << batch.err;
  // `sbatch --wait` looks every half minute.
  const auto is_over = [&] {
    return fs::exists(path("job.status")) && fs::file_size(path("job.status")) > 0;
  };
  ASSERT_TRUE(testing::comes_true(is_over, kLongestRun));
  EXPECT_EQ(read_text_file(path("job.status")), "0\n") << read_text_file(path("job.err"));
  expect_rows({.status = {}, .out = read_text_file(path("job.out")), .err = read_text_file(path("job.err"))});
}

}  // namespace
}  // namespace medbench
