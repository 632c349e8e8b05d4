// --test-accuracy: what the guide calls classification testing.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/cli/medbench_program.hpp"
#include "tests/models/tiny_model.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using testing::exited;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramOutput;

constexpr std::string_view kHeader = "text,label,source,split\n";

class Classification : public testing::MedbenchTest {
 protected:
  [[nodiscard]] ProgramOutput run(Words more) const {
    more.insert(more.end(), {"--num-iterations", "1", "--test-accuracy"});
    return run_fake_medical(more);
  }
  [[nodiscard]] ProgramOutput run_on(std::string_view content, const std::string& name = "d.csv",
                                     Words more = {}) const {
    more.insert(more.end(), {"--dataset-csv", folder().write(name, content).string()});
    return run(std::move(more));
  }
  [[nodiscard]] std::vector<std::filesystem::path> metrics_files() const {
    std::vector<std::filesystem::path> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(output(), ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.find("_classification_metrics_") != std::string::npos) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  [[nodiscard]] static std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> keys;
    for (const auto& item : object.items()) keys.push_back(item.key());
    return keys;
  }
  // One line, before anything is measured.
  void expect_refused(const ProgramOutput& output, const std::string& complaint) const {
    EXPECT_EQ(output.status, exited(2));
    EXPECT_EQ(output.out, "");
    EXPECT_EQ(testing::count_lines(output.err), 1U) << output.err;
    EXPECT_THAT(output.err, HasSubstr("medbench: error: "));
    EXPECT_THAT(output.err, HasSubstr(complaint));
    EXPECT_TRUE(files().empty());
    EXPECT_TRUE(metrics_files().empty());
  }
  void expect_refused(const std::string& rows, const std::string& complaint) const {
    expect_refused(run_on(std::string(kHeader) + rows), complaint);
  }
};

// Numbers of scikit-learn 1.9.1.
TEST_F(Classification, TheGuidesExample) {
  const auto guide = testing::run_program(
      options({testing::binary("benchmark_medical"), "--model", "biobert", "--device", "cpu", "--backend",
               "fake", "--num-iterations", "2", "--warmup-iterations", "1", "--batch-sizes", "1",
               "--seq-lengths", "64", "--output-dir", output().string(), "--test-accuracy"}));
  EXPECT_EQ(guide.status, exited(0)) << guide.err;
  EXPECT_THAT(guide.out, HasSubstr("always \"cardiology\" has accuracy 0.4375, macro precision 0.1458"));
  EXPECT_EQ(files().size(), 1U);
  const auto found = metrics_files();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].filename().string(),
              ::testing::MatchesRegex("biobert_classification_metrics_[0-9]+T[0-9]+Z\\.json"));
  EXPECT_THAT(guide.out, HasSubstr("\n  " + found[0].string() + "\n"));
  const Json json = read_json_file(found[0]);
  EXPECT_THAT(keys(json), ElementsAre("model_type", "dataset_csv", "baseline", "majority_label", "num_train",
                                      "num_test", "metrics", "timestamp"));
  EXPECT_EQ(json["model_type"], "biobert");
  EXPECT_THAT(json["dataset_csv"].get<std::string>(), HasSubstr("datasets/clinical_classification.csv"));
  EXPECT_EQ(json["baseline"], "majority_class");
  EXPECT_EQ(json["majority_label"], "cardiology");
  EXPECT_EQ(json["num_train"], 36);
  EXPECT_EQ(json["num_test"], 16);
  EXPECT_THAT(keys(json["metrics"]), ElementsAre("accuracy", "precision", "recall", "f1"));
  EXPECT_DOUBLE_EQ(json["metrics"]["accuracy"].get<double>(), 0.4375);
  EXPECT_DOUBLE_EQ(json["metrics"]["precision"].get<double>(), 0.14583333333333334);
  EXPECT_DOUBLE_EQ(json["metrics"]["recall"].get<double>(), 0.3333333333333333);
  EXPECT_DOUBLE_EQ(json["metrics"]["f1"].get<double>(), 0.2028985507246377);
}

TEST_F(Classification, OwnRowsAsATableAndAsJsonLines) {
  EXPECT_EQ(run_on(std::string(kHeader) + "a,x,s,train\nb,y,s,test\nc,x,s,test\n").status, exited(0));
  EXPECT_EQ(run_on("{\"text\": \"a\", \"label\": 7, \"split\": \"train\"}\n"
                   "{\"text\": \"b\", \"label\": 7, \"split\": \"test\"}\n"
                   "{\"text\": \"c\", \"label\": 8, \"split\": \"test\"}\n",
                   "d.jsonl")
                .status,
            exited(0));
  const auto found = metrics_files();
  ASSERT_EQ(found.size(), 2U) << "one of them was overwritten";
  std::vector<std::string> majorities;
  for (const auto& file : found) {
    const Json json = read_json_file(file);
    majorities.push_back(json["majority_label"].get<std::string>());
    EXPECT_EQ(json["metrics"]["accuracy"], 0.5);
  }
  EXPECT_THAT(majorities, ::testing::UnorderedElementsAre("x", "7"));
}

TEST_F(Classification, AFileForEachModelWhateverItIsCalled) {
  Words words{"medical",
              "--backend",
              "fake",
              "--device",
              "cpu",
              "--seq-lengths",
              "8",
              "--num-iterations",
              "1",
              "--output-dir",
              output().string(),
              "--test-accuracy",
              "--debug-io",
              "--model"};
  for (const char* name : {"medical_bert", "plan_bert"}) {
    testing::write_model(folder(), name, testing::tiny_bert_config());
    words.push_back((folder().path() / name).string());
  }
  const auto both = medbench(words);
  EXPECT_EQ(both.status, exited(0)) << both.err;
  const auto found = metrics_files();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].filename().string(), ::testing::StartsWith("medical_bert_classification_metrics_"));
  EXPECT_THAT(found[1].filename().string(), ::testing::StartsWith("plan_bert_classification_metrics_"));
  for (const auto& file : found) EXPECT_THAT(both.err, HasSubstr("wrote " + file.string()));
  EXPECT_THAT(both.err, Not(HasSubstr("not in the summary")));
  const auto resumed = medbench({"medical", "--resume", output().string()});
  EXPECT_EQ(resumed.status, exited(0)) << resumed.err;
  EXPECT_THAT(resumed.err, Not(HasSubstr("not in the summary")));
  EXPECT_THAT(resumed.out, HasSubstr("always \"cardiology\""));
}

TEST_F(Classification, ADryRunReadsTheDatasetAndWritesNothing) {
  const auto dry = run({"--dry-run"});
  EXPECT_EQ(dry.status, exited(0)) << dry.err;
  EXPECT_THAT(dry.err, HasSubstr("3 labels, 36 rows train, 16 test"));
  EXPECT_TRUE(metrics_files().empty());
  expect_refused(run_on("", "d.csv", {"--dry-run"}), "the file is empty");
}

TEST_F(Classification, ADatasetThatMakesNoSense) {
  expect_refused("a,x,s,train\nb,x,s,test\n", "every row has the label \"x\"; a classification has at least");
  expect_refused("a,x,s,train\nb,y,s,train\n", "no row has the split test");
  expect_refused("a,x,s,test\nb,y,s,test\n", "no row has the split train");
  expect_refused("a,,s,train\nb,,s,test\n", "no row has a label");
  expect_refused("a,x,s,train\nb,,s,test\nc,y,s,test\n", "without a label: row 2 (line 3); label it");
  expect_refused("a,x,s,train\nb,y,s,holdout\n", "row 2 (line 3): split \"holdout\" is unknown; give train");
  expect_refused("a,x,s,train\nb,\xFF,s,test\n", "line 3 is not valid UTF-8");
  expect_refused("", "no row in it");
}

TEST_F(Classification, AFileThatIsNoDataset) {
  expect_refused(run_on(""), "d.csv: the file is empty");
  expect_refused(run_on("text,source,split\na,s,train\n"),
                 "no column \"label\"; the header row has: text, source, split");
  expect_refused(run_on("text,label,source\na,x,s\n"), "no column \"split\"");
  expect_refused(run_on("label,source,split\nx,s,test\n"), "no column \"text\"");
  expect_refused(run_on("{\"text\": \"a\", \"label\": \"x\"}\n", "d.jsonl"), "line 1: no key \"split\"");
  expect_refused(run({"--dataset-csv", "/nowhere/d.csv"}), "cannot read /nowhere/d.csv");
}

TEST_F(Classification, AHundredThousandLabels) {
  std::string rows(kHeader);
  for (int i = 0; i < 100'000; ++i)
    rows += "a,label " + std::to_string(i) + (i % 2 == 0 ? ",s,train\n" : ",s,test\n");
  rows += "a,label 99998,s,train\nb,label 99998,s,test\n";
  EXPECT_EQ(run_on(rows, "d.csv", {"--quiet"}).status, exited(0));
  ASSERT_EQ(metrics_files().size(), 1U);
  const Json json = read_json_file(metrics_files()[0]);
  EXPECT_EQ(json["majority_label"], "label 99998");
  EXPECT_EQ(json["num_train"], 50'001);
  EXPECT_EQ(json["num_test"], 50'001);
  EXPECT_DOUBLE_EQ(json["metrics"]["accuracy"].get<double>(), 1.0 / 50'001);
  EXPECT_DOUBLE_EQ(json["metrics"]["recall"].get<double>(), 1.0 / 50'001);
}

}  // namespace
}  // namespace medbench
