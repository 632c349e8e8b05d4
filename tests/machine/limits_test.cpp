// What a control group leaves, and who else belongs to a run, from folders that look like the kernel's.
#include <gtest/gtest.h>
#include <string>
#include <vector>

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
