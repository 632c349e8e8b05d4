#include "machine/numa.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "machine/cpu_limits.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

// Of node 0 a core with two threads, of node 1 two cores with two threads each.
constexpr std::string_view kCpuInfo =
    "processor: 0\ncore id: 0\n\nprocessor: 1\ncore id: 0\n\n"
    "processor: 2\ncore id: 1\n\nprocessor: 3\ncore id: 1\n\n"
    "processor: 4\ncore id: 2\n\nprocessor: 5\ncore id: 2\n";
const std::vector<NumaNode> kNodes{{0, {0, 1}}, {1, {2, 3, 4, 5}}};

TEST(NumaNodes, AreThoseWithProcessorsThatMayBeUsed) {
  const TemporaryFolder root;
  root.write("node10/cpulist", "6-7\n");
  root.write("node2/cpulist", "0-3,8\n");
  root.write("node3/cpulist", "\n");  // memory alone
  root.write("nodes/cpulist", "9\n");
  root.write("online", "2-3,10\n");
  const auto all = read_numa_nodes({}, root.path());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].number, 2);
  EXPECT_EQ(all[0].processors, (std::set<int>{0, 1, 2, 3, 8}));
  EXPECT_EQ(all[1].number, 10);
  const auto limited = read_numa_nodes({1, 8}, root.path());
  ASSERT_EQ(limited.size(), 1U);
  EXPECT_EQ(limited[0].processors, (std::set<int>{1, 8}));
}

TEST(NumaNodes, AreOneWhereTheKernelTellsOfNone) {
  const auto nodes = read_numa_nodes({3, 4}, "/nowhere");
  ASSERT_EQ(nodes.size(), 1U);
  EXPECT_EQ(nodes[0].number, 0);
  EXPECT_EQ(nodes[0].processors, (std::set<int>{3, 4}));
}

TEST(Placement, IsOnTheFirstOfTheLargestNodes) {
  EXPECT_EQ(place_on_one(kNodes, {}, 0, kCpuInfo).node, 1);
  EXPECT_EQ(place_on_one(kNodes, {}, 0, kCpuInfo).processors, (std::set<int>{2, 3, 4, 5}));
  EXPECT_EQ(place_on_one({{0, {0, 1}}, {1, {2, 3}}}, {}, 0, kCpuInfo).node, 0);
}

TEST(Placement, IsEverywhereForMoreThreadsThanANodeHasCores) {
  EXPECT_EQ(place_on_one(kNodes, {}, 2, kCpuInfo).node, 1);
  const Placement placement = place_on_one(kNodes, {}, 3, kCpuInfo);
  EXPECT_EQ(placement.node, std::nullopt);
  EXPECT_EQ(placement.processors, (std::set<int>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(placement.reason, "3 threads are more than the 2 cores of node 1");
}

TEST(Placement, IsOnTheNodeThatIsAskedForWhateverTheThreads) {
  EXPECT_EQ(place_on_one(kNodes, 0, 8, kCpuInfo).processors, (std::set<int>{0, 1}));
  expect_error(ErrorKind::Usage, "NUMA node 7: no processor of such a node may be used here; there is 0, 1",
               [] { place_on_one(kNodes, 7, 0, kCpuInfo); });
}

TEST(Placement, OnAMachineOfOneNodeNeverIsElsewhere) {
  const Placement placement = place_on_one({{4, {0, 1}}}, {}, 64, kCpuInfo);
  EXPECT_EQ(placement.node, 4);
  EXPECT_EQ(placement.reason, "");
  EXPECT_EQ(place_everywhere({{4, {0, 1}}}).node, 4);
  EXPECT_EQ(place_everywhere(kNodes).node, std::nullopt);
}

TEST(Placement, HoldsForThreadsThatAreMadeLater) {
  const std::set<int> at_start = allowed_cpus();
  if (at_start.size() < 2) GTEST_SKIP() << "one processor alone may be used here";
  const Placement everywhere{.processors = at_start};
  // In a thread of its own: a memory policy is not put back.
  std::thread([&] {
    Placement same{.node = 0, .processors = at_start};
    apply_placement(same, everywhere);
    EXPECT_EQ(same.memory, std::nullopt);
    EXPECT_FALSE(has_memory_policy());
    Placement one{.node = 0, .processors = {*at_start.rbegin()}};
    apply_placement(one, everywhere);
    std::thread([&] { EXPECT_EQ(allowed_cpus(), one.processors); }).join();
    ASSERT_TRUE(one.memory);
    EXPECT_EQ(has_memory_policy(), one.memory == "preferred");
  }).join();
  EXPECT_EQ(allowed_cpus(), at_start);
}

TEST(Placement, ThatTheKernelRefusesIsEverywhereWithTheReason) {
  constexpr int kNoProcessor = 8000;
  const Placement everywhere{.processors = allowed_cpus()};
  Placement placement{.node = 0, .processors = {kNoProcessor}};
  apply_placement(placement, everywhere);
  EXPECT_EQ(placement.node, std::nullopt);
  EXPECT_EQ(placement.processors, everywhere.processors);
  EXPECT_EQ(placement.reason, "the mask cannot be narrowed: Invalid argument");
  EXPECT_EQ(allowed_cpus(), everywhere.processors);
}

}  // namespace
}  // namespace medbench
