#include "campaign/plan.hpp"

#include <set>

#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using Values = std::vector<std::int64_t>;

TEST(Plan, IsTheProductInTheOrderGiven) {
  Job base;
  base.work.model.name = "org/model";
  base.work.seed = 7;
  std::vector<std::pair<std::int64_t, std::int64_t>> shapes;
  for (const Job& job : plan_jobs(base, Values{4, 1}, Values{64, 128, 32})) {
    shapes.emplace_back(job.work.axes[Axis::Batch], job.work.axes[Axis::Seq]);
    EXPECT_EQ(job.work.seed, 7U);
    EXPECT_EQ(job.work.model.name, "org/model");
  }
  const std::vector<std::pair<std::int64_t, std::int64_t>> wanted{{4, 64}, {4, 128}, {4, 32},
                                                                  {1, 64}, {1, 128}, {1, 32}};
  EXPECT_EQ(shapes, wanted);
}

TEST(Plan, GivesUniqueIdsThatAreSafeAsFileNames) {
  Job base;
  base.work.model.name = "org/model";
  const auto jobs = plan_jobs(base, Values{1, 1}, Values{64, 64});
  ASSERT_EQ(jobs.size(), 4U);
  EXPECT_EQ(jobs[0].id, "0001_org-model_b1_s64_fp32");
  std::set<std::string> ids;
  for (const Job& job : jobs) ids.insert(job.id);
  EXPECT_EQ(ids.size(), 4U);
}

TEST(Plan, RefusesWhatMakesNoSense) {
  using testing::expect_error;
  expect_error(ErrorKind::Usage, "no batch size", [] { plan_jobs({}, Values{}, Values{64}); });
  expect_error(ErrorKind::Usage, "no sequence length", [] { plan_jobs({}, Values{1}, Values{}); });
  expect_error(ErrorKind::Usage, "batch size 0", [] { plan_jobs({}, Values{1, 0}, Values{64}); });
  expect_error(ErrorKind::Usage, "sequence length -5", [] { plan_jobs({}, Values{1}, Values{-5}); });
}

}  // namespace
}  // namespace medbench
