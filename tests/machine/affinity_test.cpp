#include "machine/affinity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <thread>

#include "machine/cpu_limits.hpp"
#include "machine/thread_variables.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;

TEST(Affinity, TakesAProcessorOfEachCoreBeforeTwoOfOne) {
  const std::vector<std::pair<int, std::int64_t>> cores{{0, 10}, {1, 10}, {2, 11}, {3, 11}};
  EXPECT_THAT(choose_processors(cores, 1), ElementsAre(0));
  EXPECT_THAT(choose_processors(cores, 2), ElementsAre(0, 2));
  EXPECT_THAT(choose_processors(cores, 3), ElementsAre(0, 1, 2));
  EXPECT_THAT(choose_processors(cores, 9), ElementsAre(0, 1, 2, 3));
}

TEST(Affinity, HoldsForTheThreadAndThoseItMakes) {
  const std::set<int> at_start = allowed_cpus();
  run_on(1);
  EXPECT_EQ(allowed_cpus().size(), 1U);
  std::thread([] { EXPECT_EQ(allowed_cpus().size(), 1U); }).join();
  run_on(4096);
  EXPECT_EQ(allowed_cpus(), at_start);
}

TEST(ThreadVariables, AreThoseOfRuntimes) {
  const char* const environment[] = {
      "PATH=/bin",           "OMP_NUM_THREADS=1", "MKL_DYNAMIC", "KMP_AFFINITY=a=b",
      "GOMP_CPU_AFFINITY=0", "XOMP_X=1",          nullptr};
  std::vector<std::string> found;
  for (const auto& [name, value] : find_thread_variables(environment)) found.push_back(name + ":" + value);
  EXPECT_THAT(found, ElementsAre("GOMP_CPU_AFFINITY:0", "KMP_AFFINITY:a=b", "OMP_NUM_THREADS:1"));
  EXPECT_TRUE(find_thread_variables(nullptr).empty());
}

}  // namespace
}  // namespace medbench
