#include "accuracy/classification_evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "base/file.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::expect_error;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

ir::OutputSpec texts_head(std::size_t classes = 2) {
  ir::OutputSpec output{.name = "output", .class_axis = 1, .kind = ir::OutputKind::Logits, .labels = {}};
  for (std::size_t i = 0; i < classes; ++i) output.labels.push_back("L" + std::to_string(i));
  return output;
}

// One text a label, with the class that it is said to be of and by what margin.
struct Said {
  std::uint32_t label;
  std::uint32_t decision;
  float margin = 1;
};

Result judge(const std::vector<Said>& all, const Evaluation& evaluation, std::size_t classes = 2) {
  ClassificationEvaluator evaluator(texts_head(classes), evaluation);
  std::uint64_t row = 0;
  for (const Said& said : all) {
    std::vector<float> logits(classes, -1);
    logits[said.decision] = said.margin - 1;
    const JudgedText text{.row = ++row, .labels = {said.label}, .words = {}, .positions = {}};
    evaluator.add({&text, 1}, HostTensor::from_f32({1, static_cast<std::int64_t>(classes)}, logits));
  }
  Result result;
  evaluator.fill(result, {.texts = row, .truncated = 1, .words_left = 0});
  return result;
}

Evaluation evaluation_of(const std::string& decisions = "") {
  Evaluation evaluation;
  evaluation.file = "rows.csv";
  evaluation.hash = "abc";
  evaluation.decisions = decisions;
  return evaluation;
}

TEST(ClassificationEvaluator, FillsMetricsAndClasses) {
  const Result result = judge({{0, 0}, {0, 1}, {1, 1}, {1, 1}}, evaluation_of());
  EXPECT_EQ(result.metrics.get("eval_texts"), 4);
  EXPECT_EQ(result.metrics.get("eval_truncated"), 1);
  EXPECT_EQ(result.metrics.get("eval_accuracy"), 0.75);
  EXPECT_NEAR(*result.metrics.get("eval_f1"), (2.0 / 3 + 0.8) / 2, 1e-12);
  EXPECT_EQ(result.metrics.get("eval_majority_accuracy"), 0.5);
  EXPECT_EQ(result.metrics.get("eval_auroc"), 0.75);
  EXPECT_FALSE(result.metrics.all().contains("eval_flips"));
  EXPECT_FALSE(result.metrics.all().contains("eval_words"));
  const Json& details = result.details.at(kEvaluationDetails);
  EXPECT_EQ(details.at("classes").at(0).at("label"), "L0");
  EXPECT_EQ(details.at("classes").at(1).at("predicted"), 3);
  EXPECT_TRUE(result.warnings.empty());
}

TEST(ClassificationEvaluator, WarnsOfTheOrderOfLabels) {
  const Result result = judge({{0, 1}, {0, 1}, {0, 0}, {1, 0}}, evaluation_of());
  ASSERT_EQ(result.warnings.size(), 1U);
  EXPECT_EQ(result.warnings[0].kind, "label_order");
  EXPECT_THAT(result.warnings[0].text, HasSubstr("0.250 is below the 0.750 of always saying \"L0\""));
}

TEST(ClassificationEvaluator, SaysWhatMeansNothingWithOneLabel) {
  const Result result = judge({{1, 0}, {1, 1}}, evaluation_of());
  for (const char* key : {"eval_auroc", "eval_majority_accuracy"}) {
    EXPECT_FALSE(result.metrics.get(key)) << key;
    EXPECT_NE(result.metrics.all().at(key).reason, "") << key;
  }
  EXPECT_TRUE(result.warnings.empty());
}

TEST(ClassificationEvaluator, ComparesWithTheDecisionsOfFp32) {
  const TemporaryFolder folder;
  Evaluation first = evaluation_of();
  first.save_decisions = (folder.path() / "decisions.safetensors").string();
  const Result fp32 = judge({{0, 0, 2}, {0, 1, 0.25F}, {1, 1}, {1, 1}}, first);
  const std::string file = fp32.details.at(kEvaluationDetails).at("decisions_file");
  const Result other = judge({{0, 0}, {0, 0, 0.5F}, {1, 1}, {1, 1}}, evaluation_of(file));
  EXPECT_EQ(other.metrics.get("eval_flips"), 1);
  EXPECT_EQ(other.metrics.get("eval_flip_share"), 0.25);
  EXPECT_NEAR(*other.metrics.get("eval_flip_share_high"), 0.8058796, 1e-6);  // of scipy
  EXPECT_EQ(other.metrics.get("eval_fp32_accuracy"), 0.75);
  EXPECT_EQ(other.metrics.get("eval_accuracy"), 1);
  const Json& flips = other.details.at(kEvaluationDetails).at("flips");
  ASSERT_EQ(flips.at("list").size(), 1U);
  EXPECT_EQ(
      flips.at("list").at(0),
      Json::parse(
          R"({"row": 2, "label": "L0", "fp32": "L1", "decision": "L0", "fp32_margin": 0.25, "margin": 0.5})"));
  EXPECT_FALSE(flips.contains("file"));
}

TEST(ClassificationEvaluator, PutsManyFlipsIntoAFile) {
  const TemporaryFolder folder;
  Evaluation first = evaluation_of();
  first.save_decisions = (folder.path() / "decisions.safetensors").string();
  judge(std::vector<Said>(150, {0, 0}), first);
  Evaluation second = evaluation_of(first.save_decisions);
  second.save_flips = (folder.path() / "flips.jsonl").string();
  const Result result = judge(std::vector<Said>(150, {0, 1}), second);
  const Json& flips = result.details.at(kEvaluationDetails).at("flips");
  EXPECT_EQ(flips.at("list").size(), LabelFlips::kMostListed);
  const std::string lines = read_text_file(flips.at("file").get<std::string>());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 150);
  EXPECT_THAT(lines, HasSubstr(R"({"row":150,"label":"L0","fp32":"L0","decision":"L1")"));
}

TEST(ClassificationEvaluator, SaysWhyNothingIsCompared) {
  const TemporaryFolder folder;
  Evaluation first = evaluation_of();
  first.save_decisions = (folder.path() / "decisions.safetensors").string();
  judge({{0, 0}, {1, 1}}, first);
  const auto reason = [](const Result& result) { return result.metrics.all().at("eval_flips").reason; };
  const Evaluation same = evaluation_of(first.save_decisions);
  EXPECT_THAT(reason(judge({{0, 0}}, same)), HasSubstr("of other cases"));
  EXPECT_THAT(reason(judge({{0, 0}, {1, 1}, {1, 1}}, same)), HasSubstr("of other cases"));
  Evaluation other = same;
  other.hash = "def";
  EXPECT_THAT(reason(judge({{0, 0}}, other)), HasSubstr("other rows"));
  EXPECT_THAT(reason(judge({{0, 0}}, evaluation_of((folder.path() / "none").string()))), HasSubstr("none"));
  Evaluation missing = evaluation_of();
  missing.missing = "there is no reference";
  EXPECT_EQ(reason(judge({{0, 0}}, missing)), "there is no reference");
}

TEST(ClassificationEvaluator, RefusesLogitsThatAreNoNumbers) {
  ClassificationEvaluator evaluator(texts_head(), evaluation_of());
  const JudgedText text{.row = 7, .labels = {0}, .words = {}, .positions = {}};
  const std::vector<float> logits{0, std::numeric_limits<float>::quiet_NaN()};
  expect_error(ErrorKind::Runtime, "row 7 of rows.csv", [&] {
    evaluator.add({&text, 1}, HostTensor::from_f32({1, 2}, logits));
  });
}

TEST(ClassificationEvaluator, BoundsTheClassesOfAResult) {
  std::vector<Said> all;
  for (std::uint32_t i = 0; i < 80; ++i) all.push_back({i, i});
  const Result result = judge(all, evaluation_of(), 100'000);
  const Json& details = result.details.at(kEvaluationDetails);
  EXPECT_EQ(details.at("classes").size(), 50U);
  EXPECT_EQ(details.at("classes_left_out"), 30);
}

TEST(ClassificationEvaluator, FindsEntitiesAmongWords) {
  ir::OutputSpec output{
      .name = "output", .class_axis = 2, .kind = ir::OutputKind::Logits, .labels = {"O", "B-X", "I-X"}};
  ClassificationEvaluator evaluator(output, evaluation_of());
  const JudgedText text{.row = 1, .labels = {1, 2, 0, 1}, .words = {1, 2, 3, 4}, .positions = {1, 3, 4, 5}};
  std::vector<float> logits(std::size_t{2} * 7 * 3, 0);
  const auto say = [&](std::size_t position, std::size_t label) { logits[position * 3 + label] = 1; };
  say(1, 1);
  say(3, 2);
  say(4, 0);
  say(5, 0);
  evaluator.add({&text, 1}, HostTensor::from_f32({2, 7, 3}, logits));
  Result result;
  evaluator.fill(result, {.texts = 1, .truncated = 0, .words_left = 2});
  EXPECT_EQ(result.metrics.get("eval_words"), 4);
  EXPECT_EQ(result.metrics.get("eval_accuracy"), 0.75);
  EXPECT_NEAR(*result.metrics.get("eval_entity_f1"), 2.0 / 3, 1e-12);
  EXPECT_EQ(result.metrics.get("eval_f1"), result.metrics.get("eval_entity_f1"));
  EXPECT_EQ(result.details.at(kEvaluationDetails).at("words_left_out"), 2);
  EXPECT_FALSE(result.metrics.all().contains("eval_auroc"));
}

}  // namespace
}  // namespace medbench
