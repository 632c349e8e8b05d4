// What a control group leaves, and who else belongs to a run, from folders that look like the kernel's.
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "machine/cpu_limits.hpp"
#include "machine/machine.hpp"
#include "machine/memory_limits.hpp"
#include "machine/relatives.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

constexpr std::int64_t kMiB = 1 << 20;

void write_group(const TemporaryFolder& root, const std::string& group, const std::string& limit,
                 std::int64_t used_mb) {
  root.write(group + "/memory.max", limit + "\n");
  root.write(group + "/memory.current", std::to_string(used_mb * kMiB) + "\n");
  root.write(group + "/memory.stat", "anon 5\nfile 999\ninactive_file " + std::to_string(30 * kMiB) +
                                         "\nactive_file " + std::to_string(20 * kMiB) + "\n");
}

std::optional<double> left_in(const TemporaryFolder& root, const std::vector<std::string>& groups) {
  std::vector<std::string> folders;
  folders.reserve(groups.size());
  for (const auto& group : groups) folders.push_back(root.path() / group);
  return memory_left_mb(folders);
}

TEST(MemoryLimits, PagesOfFilesAreFree) {
  const TemporaryFolder root;
  write_group(root, "a", std::to_string(1000 * kMiB), 300);
  EXPECT_EQ(left_in(root, {"a"}), 750);
  write_group(root, "full", std::to_string(100 * kMiB), 300);
  EXPECT_EQ(left_in(root, {"full"}), 0);
}

TEST(MemoryLimits, TheTightestOfGroupAndParentsCounts) {
  const TemporaryFolder root;
  write_group(root, "p/c", std::to_string(1000 * kMiB), 100);
  write_group(root, "p", std::to_string(500 * kMiB), 400);
  write_group(root, "free", "max", 400);
  EXPECT_EQ(left_in(root, {"p/c", "p"}), 150);
  EXPECT_EQ(left_in(root, {"p/c", "free"}), 950);
  EXPECT_EQ(left_in(root, {"free", "missing"}), std::nullopt);
}

TEST(MemoryLimits, OfTheFirstVersion) {
  const TemporaryFolder root;
  root.write("memory.limit_in_bytes", std::to_string(64 * kMiB));
  root.write("memory.usage_in_bytes", std::to_string(40 * kMiB));
  root.write("memory.stat", "inactive_file 1\ntotal_inactive_file " + std::to_string(6 * kMiB) +
                                "\ntotal_active_file " + std::to_string(2 * kMiB) + "\n");
  EXPECT_EQ(left_in(root, {"."}), 32);
  root.write("memory.limit_in_bytes", "9223372036854771712");
  EXPECT_EQ(left_in(root, {"."}), std::nullopt);
}

TEST(MemoryLimits, ThatSlowAGroupDownCountToo) {
  const TemporaryFolder root;
  write_group(root, "a", std::to_string(1000 * kMiB), 300);
  root.write("a/memory.high", std::to_string(400 * kMiB) + "\n");
  EXPECT_EQ(left_in(root, {"a"}), 150);
  root.write("a/memory.max", "max\n");
  EXPECT_EQ(left_in(root, {"a"}), 150);
  root.write("a/memory.high", "max\n");
  EXPECT_EQ(left_in(root, {"a"}), std::nullopt);
}

// A folder that looks like /sys/fs/cgroup, for a process whose /proc/self/cgroup says this.
std::optional<double> left_by(const TemporaryFolder& mount, std::string_view self_cgroup) {
  return memory_left_mb(cgroup_folders(self_cgroup, "memory", mount.path()));
}
std::optional<double> limit_by(const TemporaryFolder& mount, std::string_view self_cgroup) {
  return memory_limit_mb(cgroup_folders(self_cgroup, "memory", mount.path()));
}

TEST(ControlGroups, OfTheSecondVersionAreNested) {
  const TemporaryFolder mount;
  write_group(mount, "kubepods/pod/container", std::to_string(800 * kMiB), 100);
  write_group(mount, "kubepods/pod", std::to_string(900 * kMiB), 700);  // of which a neighbour has most
  mount.write("kubepods/memory.high", std::to_string(2000 * kMiB));
  mount.write("kubepods/memory.current", std::to_string(1900 * kMiB));
  mount.write("kubepods/cpu.max", "300000 100000\n");
  mount.write("kubepods/pod/cpu.max", "150000 100000\n");
  mount.write("kubepods/pod/container/cpu.max", "max 100000\n");
  const std::string_view self = "0::/kubepods/pod/container\n";
  EXPECT_EQ(left_by(mount, self), 100);
  EXPECT_EQ(limit_by(mount, self), 800);
  EXPECT_EQ(cpu_quota(cgroup_folders(self, "cpu", mount.path())), 1.5);
  EXPECT_EQ(left_by(mount, "0::/elsewhere\n"), std::nullopt);
}

TEST(ControlGroups, OfTheFirstVersionAreNested) {
  const TemporaryFolder mount;
  const std::string none = "9223372036854771712\n";
  mount.write("memory/memory.limit_in_bytes", none);
  mount.write("memory/memory.usage_in_bytes", "1\n");
  mount.write("memory/docker/memory.limit_in_bytes", std::to_string(512 * kMiB) + "\n");
  mount.write("memory/docker/memory.usage_in_bytes", std::to_string(400 * kMiB) + "\n");
  mount.write("memory/docker/abc/memory.limit_in_bytes", none);
  mount.write("memory/docker/abc/memory.usage_in_bytes", std::to_string(40 * kMiB) + "\n");
  mount.write("cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1\n");
  mount.write("cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
  mount.write("cpu,cpuacct/docker/cpu.cfs_quota_us", "50000\n");
  mount.write("cpu,cpuacct/docker/cpu.cfs_period_us", "100000\n");
  fs::create_directory_symlink("cpu,cpuacct", mount.path() / "cpu");
  const std::string_view self =
      "9:name=systemd:/docker/abc\n4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/\n";
  EXPECT_EQ(left_by(mount, self), 112);
  EXPECT_EQ(limit_by(mount, self), 512);
  EXPECT_EQ(cpu_quota(cgroup_folders(self, "cpu", mount.path())), 0.5);
}

// A container has its own group at the mount point, and of those above only what its statistics tell.
TEST(ControlGroups, AboveAContainerOfTheFirstVersionLimitIt) {
  const TemporaryFolder mount;
  mount.write("memory/memory.limit_in_bytes", "9223372036854771712\n");
  mount.write("memory/memory.usage_in_bytes", std::to_string(40 * kMiB) + "\n");
  mount.write("memory/memory.stat", "hierarchical_memory_limit " + std::to_string(256 * kMiB) + "\n");
  EXPECT_EQ(left_by(mount, "4:memory:/docker/abc\n"), 216);
  EXPECT_EQ(limit_by(mount, "4:memory:/docker/abc\n"), 256);
}

TEST(MemoryLimits, BoundWhatIsAvailableOnThisMachine) {
  const auto left = memory_left_mb();
  constexpr double kOthersMayFreeMb = 512;
  if (!left) GTEST_SKIP() << "no control group limits memory here";
  EXPECT_LE(read_machine_profile().memory_available_mb, *left + kOthersMayFreeMb);
}

// A process with its parent and what it has open.
void add_process(const TemporaryFolder& proc, unsigned pid, unsigned parent,
                 const std::vector<std::string>& open) {
  const std::string folder = std::to_string(pid);
  fs::create_directories(proc.path() / folder / "fd");
  proc.write(folder + "/stat",
             std::to_string(pid) + " (wor) ker) S " + std::to_string(parent) + " 1 1 0 -1\n");
  for (std::size_t i = 0; i < open.size(); ++i)
    fs::create_symlink(open[i], proc.path() / folder / "fd" / std::to_string(i));
}

constexpr unsigned kRunner = 10;
constexpr unsigned kOwn = 12;

TEST(Relatives, AreThoseOfTheRunThatHoldACard) {
  const TemporaryFolder proc;
  add_process(proc, 1, 0, {});
  add_process(proc, kRunner, 1, {"/dev/nvidia0"});
  add_process(proc, 11, kRunner, {});  // a launcher
  add_process(proc, kOwn, 11, {"/dev/nvidia0"});
  add_process(proc, 13, kRunner, {"/dev/null", "/dev/nvidiactl", "/dev/nvidia0"});
  add_process(proc, 14, kRunner, {"/dev/nvidiactl"});  // on the processors
  add_process(proc, 15, 11, {"/dev/nvidia1"});
  add_process(proc, 20, 1, {"/dev/nvidia0"});  // a stranger
  proc.write("meminfo", "");
  EXPECT_EQ(relatives_with_card(kRunner, kOwn, proc.path()), (std::set<unsigned>{13, 15}));
  fs::remove_all(proc.path() / "13" / "fd");
  fs::remove_all(proc.path() / "14" / "fd");
  EXPECT_EQ(relatives_with_card(kRunner, kOwn, proc.path()), (std::set<unsigned>{13, 14, 15}))
      << "what cannot be seen may hold one";
}

TEST(Relatives, AreNoneWhereTheRunnerIsElsewhere) {
  const TemporaryFolder proc;
  add_process(proc, 1, 0, {});
  add_process(proc, kRunner, 1, {});
  add_process(proc, kOwn, 1, {"/dev/nvidia0"});
  add_process(proc, 13, kRunner, {"/dev/nvidia0"});
  EXPECT_TRUE(relatives_with_card(kRunner, kOwn, proc.path()).empty());
  EXPECT_TRUE(relatives_with_card(kRunner, 99, proc.path()).empty());
}

}  // namespace
}  // namespace medbench
