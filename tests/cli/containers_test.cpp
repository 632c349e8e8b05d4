// Limits of a container: memory and processors, as control groups of both versions tell them.
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine/cpu_limits.hpp"
#include "machine/proc_file.hpp"
#include "tests/cli/matrix_program.hpp"
#include "tests/support/mount_namespace.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;
using ::testing::ContainsRegex;
using testing::exited;
using ::testing::HasSubstr;
using testing::ProgramOutput;

constexpr const char* kControlGroups = "/sys/fs/cgroup";
constexpr const char* kOwnGroup = "/proc/$$/cgroup";
constexpr std::int64_t kMiB = 1 << 20;

std::string mib(std::int64_t count) {
  return std::to_string(count * kMiB) + "\n";
}

class Containers : public testing::MatrixTest {
 protected:
  void SetUp() override {
    group("cpu.max", "max 100000\n");
    set_own("0::/pod/container\n");
    if (!testing::can_mount(mounts())) GTEST_SKIP() << "nothing can be mounted here";
  }

  // A file of /sys/fs/cgroup, and the text of /proc/self/cgroup.
  void group(const std::string& name, const std::string& text) const {
    folder().write("cgroup/" + name, text);
  }
  void set_own(const std::string& text) const { folder().write("own", text); }

  [[nodiscard]] ProgramOutput inside(const Words& command) const {
    return testing::run_program(options(testing::with_mounts(mounts(), command)));
  }
  [[nodiscard]] std::string doctor() const {
    const auto output = inside({testing::binary("medbench"), "doctor"});
    EXPECT_EQ(output.status, exited(0)) << output.err;
    return output.out;
  }
  // Of two rows of the fake worker, which hold more than 10 MiB each.
  [[nodiscard]] bool are_interleaved() const {
    const auto output = inside(matrix_words(
        {"--backend", "openvino", "--precision", "fp32", "bf16", "--iters", "1000", "--warmup", "1"}));
    EXPECT_EQ(output.status, exited(0)) << output.err;
    const auto second = output.err.find("[2/2] ");
    EXPECT_NE(second, std::string::npos) << output.err;
    return second < output.err.find(": ok");
  }

 private:
  [[nodiscard]] std::map<std::string, fs::path> mounts() const {
    return {{kControlGroups, folder().path() / "cgroup"}, {kOwnGroup, folder().path() / "own"}};
  }
};

TEST_F(Containers, ABrokenQuotaIsRoundedDownForThreads) {
  group("pod/cpu.max", "150000 100000\n");
  EXPECT_THAT(doctor(), ContainsRegex("quota +1.5 processors"));
  // The workers' own groups are the real ones, of which these are the root.
  group("cpu.max", "150000 100000\n");
  const auto results = results_of(inside(matrix_words({"--backend", "openvino", "--json"})));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].threads, 1);
  EXPECT_EQ(results[0].machine["cpu_quota"], 1.5);
  EXPECT_EQ(results[0].machine["logical_cores"], 1);
}

TEST_F(Containers, WithoutLimitsHaveNone) {
  EXPECT_THAT(doctor(), ContainsRegex("quota +none\nmemory limit +none\n"));
  EXPECT_TRUE(are_interleaved());
}

TEST_F(Containers, OfTheSecondVersionLeaveWhatTheTightestGroupDoes) {
  group("pod/container/memory.max", mib(100'000));
  group("pod/container/memory.current", mib(10));
  EXPECT_THAT(doctor(), ContainsRegex("memory limit +100000 MiB"));
  EXPECT_TRUE(are_interleaved());
  group("pod/memory.high", mib(900));
  group("pod/memory.current", mib(895));
  EXPECT_THAT(doctor(), ContainsRegex("memory limit +900 MiB"));
  EXPECT_THAT(doctor(), HasSubstr(" MiB, 5 MiB available"));
  EXPECT_FALSE(are_interleaved()) << "neither holds the other beside it";
}

TEST_F(Containers, OfTheFirstVersionLeaveWhatTheTightestGroupDoes) {
  set_own("4:memory:/pod/container\n2:cpu:/pod/container\n");
  group("cpu/pod/cpu.cfs_quota_us", "250000\n");
  group("cpu/pod/cpu.cfs_period_us", "100000\n");
  group("memory/pod/memory.limit_in_bytes", mib(700));
  group("memory/pod/memory.usage_in_bytes", mib(698));
  group("memory/pod/container/memory.limit_in_bytes", "9223372036854771712\n");
  group("memory/pod/container/memory.usage_in_bytes", mib(10));
  const std::string text = doctor();
  EXPECT_THAT(text, ContainsRegex("quota +2.5 processors"));
  EXPECT_THAT(text, ContainsRegex("memory limit +700 MiB"));
  EXPECT_THAT(text, HasSubstr(" MiB, 2 MiB available"));
  EXPECT_FALSE(are_interleaved());
}

// A group below that of this test, where the machine lets it make one.
class OwnGroup {
 public:
  OwnGroup() {
    for (const std::string& parent : cgroup_folders(read_proc_file("/proc/self/cgroup"), "memory")) {
      std::error_code error;
      const fs::path folder = fs::path(parent) / fmt::format("medbench-test-{}", ::getpid());
      if (!fs::exists(parent) || !fs::create_directory(folder, error)) continue;
      folder_ = folder;
      return;
    }
  }
  ~OwnGroup() {
    std::error_code ignored;
    fs::remove(folder_, ignored);
  }
  OwnGroup(const OwnGroup&) = delete;
  OwnGroup& operator=(const OwnGroup&) = delete;

  bool limit(std::int64_t mb) const {
    for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
      if (folder_.empty() || !fs::exists(folder_ / name)) continue;
      std::ofstream file(folder_ / name);
      return static_cast<bool>(file << mib(mb) << std::flush);
    }
    return false;
  }
  [[nodiscard]] std::string members() const { return folder_ / "cgroup.procs"; }

 private:
  fs::path folder_;
};

TEST_F(Containers, OfThisKernelAreLimited) {
  const OwnGroup group;
  constexpr std::int64_t kLimitMb = 1777;
  if (!group.limit(kLimitMb)) GTEST_SKIP() << "no control group that limits memory can be made here";
  const auto output =
      testing::run_program(options({"/bin/sh", "-c", "echo $$ > '" + group.members() + "' && exec \"$@\"",
                                    "sh", testing::binary("medbench"), "doctor"}));
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.out, ContainsRegex("memory limit +1777 MiB"));
}

}  // namespace
}  // namespace medbench
