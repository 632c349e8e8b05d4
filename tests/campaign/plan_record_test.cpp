#include "campaign/plan_record.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

Job job_of(const std::string& precision) {
  Job job;
  job.id = "0001";
  job.target.precision = precision;
  job.work.model.name = "biobert";
  job.work.axes = {{Axis::Batch, 1}, {Axis::Seq, 128}};
  return job;
}

Json record(const std::vector<Job>& jobs, const char* processor = "a CPU") {
  return plan_record(jobs, {{"processor", processor}});
}

TEST(PlanRecord, IsTheSameForTheSamePlan) {
  Job renamed = job_of("fp32");
  renamed.id = "0002";
  renamed.protocol.save_outputs = "/elsewhere";
  renamed.protocol.turn = TurnLength{};
  renamed.work.model.revision = "main";
  renamed.work.model.commit = "0123";  // older plans know neither, and the folder is of one commit
  EXPECT_EQ(find_plan_difference(record({job_of("fp32")}), record({renamed})), std::nullopt);
  EXPECT_EQ(job_identity(job_of("fp32")), job_identity(renamed));
}

TEST(PlanRecord, KnowsAnEvaluationByItsContent) {
  const auto evaluated = [](const char* file, const char* hash) {
    Job job = job_of("fp32");
    job.protocol.evaluation = Evaluation{.file = file, .hash = hash, .decisions = file, .save_flips = file};
    return job;
  };
  EXPECT_EQ(job_identity(evaluated("/a", "1")), job_identity(evaluated("/b", "1")));
  EXPECT_NE(job_identity(evaluated("/a", "1")), job_identity(evaluated("/a", "2")));
  EXPECT_NE(job_identity(evaluated("/a", "")), job_identity(evaluated("/b", "")));
  EXPECT_NE(job_identity(evaluated("/a", "1")), job_identity(job_of("fp32")));
}

TEST(PlanRecord, SurvivesTextThatIsNoUtf8) {
  Job job = job_of("fp32");
  job.work.model.name = "caf\xE9";
  const Json read = Json::parse(dump_pretty(record({job})));
  EXPECT_EQ(find_plan_difference(read, record({job})), std::nullopt);
}

TEST(PlanRecord, TellsTheFirstDifference) {
  const Json here = record({job_of("fp32"), job_of("bf16")});
  EXPECT_EQ(find_plan_difference(record({job_of("fp32"), job_of("fp16")}), here),
            "in row 2 precision is \"fp16\" there and \"bf16\" here");
  EXPECT_EQ(find_plan_difference(record({job_of("fp32")}), here), "it has 1 rows, and here are 2");
  EXPECT_EQ(find_plan_difference(record({job_of("fp32"), job_of("bf16")}, "another"), here),
            "processor is \"another\" there and \"a CPU\" here");
  Job counted = job_of("fp32");
  counted.protocol.num_iterations = 5;
  EXPECT_EQ(find_plan_difference(record({counted, job_of("bf16")}), here),
            "in row 1 num_iterations is 5 there and nothing here");
}

TEST(PlanRecord, ReadsTheFlatRowsOfSchema1) {
  const Json here = record({job_of("fp32")});
  Json old = here;
  Json& row = old["rows"][0];
  Json flat = Json::object();
  for (const char* part : {"work", "target", "protocol"}) flat.update(row[part]);
  row = flat;
  EXPECT_EQ(find_plan_difference(old, here), std::nullopt);
  row["batch_size"] = 2;
  EXPECT_EQ(find_plan_difference(old, here), "in row 1 batch_size is 2 there and 1 here");
}

TEST(PlanRecord, ABrokenOneIsAnother) {
  const Json here = record({job_of("fp32")});
  for (const char* text :
       {"[]", "1", "{}", R"({"conditions": 1})", R"({"conditions": {"processor": "a CPU"}})",
        R"({"conditions": {"processor": "a CPU"}, "rows": {}})",
        R"({"conditions": {"processor": "a CPU"}, "rows": [1]})"}) {
    EXPECT_NE(find_plan_difference(Json::parse(text), here), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace medbench
