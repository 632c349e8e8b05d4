// Variables of the environment that contradict --threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job/result.hpp"
#include "tests/cli/medbench_program.hpp"

namespace medbench {
namespace {

using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;

class ThreadVariables : public testing::MedbenchTest {};

TEST_F(ThreadVariables, AreLeftOutForTheWorkerAndTold) {
  auto settings = options(fake_medical({"--num-iterations", "3", "--batch-sizes", "1", "2"}));
  settings.environment.emplace_back("OMP_THREAD_LIMIT", "1");
  settings.environment.emplace_back("GOMP_CPU_AFFINITY", "0");
  settings.environment.emplace_back("OMP_WAIT_POLICY", "active");
  const auto output = testing::run_program(settings);
  EXPECT_EQ(output.status, exited(0)) << output.err;
  EXPECT_THAT(output.err, HasSubstr("GOMP_CPU_AFFINITY=0 OMP_THREAD_LIMIT=1: left out for the workers"));
  EXPECT_THAT(output.err, Not(HasSubstr("OMP_WAIT_POLICY=")));
  ASSERT_EQ(files().size(), 2U);
  for (const auto& file : files()) {
    const Result result = result_from_json(read_json_file(file));
    const Json& undone = result.details["environment_undone"];
    EXPECT_EQ(undone.size(), 2U);
    EXPECT_EQ(undone.value("GOMP_CPU_AFFINITY", ""), "0");
    EXPECT_EQ(undone.value("OMP_THREAD_LIMIT", ""), "1");
    EXPECT_TRUE(result.details["environment"].contains("OMP_WAIT_POLICY"));
    EXPECT_FALSE(result.details["environment"].contains("OMP_THREAD_LIMIT"));
  }
}

TEST_F(ThreadVariables, OfOtherNamesAreLeftAlone) {
  auto settings = options(fake_medical({"--num-iterations", "3", "--batch-sizes", "1"}));
  settings.environment.emplace_back("OMP_NUM_THREADSX", "1");
  const auto output = testing::run_program(settings);
  EXPECT_THAT(output.err, Not(HasSubstr("left out")));
  const Result result = result_from_json(read_json_file(files().at(0)));
  EXPECT_TRUE(result.details["environment_undone"].empty());
  EXPECT_TRUE(result.details["environment"].contains("OMP_NUM_THREADSX"));
}

}  // namespace
}  // namespace medbench
