#include "runner/oom.hpp"

#include <gtest/gtest.h>

#include "runner/conclusion.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::TemporaryFolder;

std::optional<std::int64_t> count(const TemporaryFolder& folder) {
  return oom_kill_count(folder.path() / "cgroup", folder.path());
}

TEST(OomKillCount, ReadsTheUnifiedHierarchy) {
  const TemporaryFolder folder;
  folder.write("cgroup", "0::/user.slice/job\n");
  folder.write("user.slice/job/memory.events", "low 0\noom 9\noom_kill 3\noom_group_kill 0\n");
  EXPECT_EQ(count(folder), 3);
}

TEST(OomKillCount, ReadsTheOldHierarchyAmongOthers) {
  const TemporaryFolder folder;
  folder.write("cgroup", "9:name=systemd:/\n4:memory:/job\n1:cpu:/\n0::/\n");
  folder.write("memory/job/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 12\n");
  EXPECT_EQ(count(folder), 12);
}

TEST(OomKillCount, IsNothingWhereItCannotBeRead) {
  const TemporaryFolder folder;
  EXPECT_EQ(count(folder), std::nullopt);
  folder.write("cgroup", "0::/job\n");
  EXPECT_EQ(count(folder), std::nullopt);
  folder.write("job/memory.events", "oom_kill many\n");
  EXPECT_EQ(count(folder), std::nullopt);
  folder.write("cgroup", "no colons\n:\n::\n\n");
  EXPECT_EQ(count(folder), std::nullopt);
}

TEST(OomKillCount, MakesTheVerdictCertain) {
  Ending ending{.exit = {ExitStatus::Kind::Signalled, SIGKILL}, .stage = Stage::Run, .oom_counted = true};
  const std::string certain = conclusion_of_ending(ending, "x", {}).failure.message;
  EXPECT_NE(certain.find("killed by the kernel's out-of-memory killer"), std::string::npos) << certain;
  ending.oom_counted = false;
  const std::string likely = conclusion_of_ending(ending, "x", {}).failure.message;
  EXPECT_NE(likely.find("SIGKILL, most likely"), std::string::npos) << likely;
}

}  // namespace
}  // namespace medbench
