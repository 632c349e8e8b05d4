// Decisions, ranking and calibration by logits.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accuracy/auroc.hpp"
#include "accuracy/calibration_error.hpp"
#include "accuracy/class_counts.hpp"
#include "accuracy/decision.hpp"
#include "tests/accuracy/sequence_of_numbers.hpp"

namespace medbench {
namespace {

struct Cases {
  std::size_t classes;
  std::vector<std::vector<float>> logits;
  std::vector<std::size_t> labels;
};

// Each logit is n % 2001 / 500 - 2 of the next number n, each label n % classes after them; one more is added
// to the logit of the label in every other case.
Cases make_cases(std::size_t count, std::size_t classes, std::uint64_t seed) {
  testing::SequenceOfNumbers numbers(seed);
  Cases cases{.classes = classes, .logits = {}, .labels = {}};
  for (std::size_t i = 0; i < count; ++i) {
    auto& logits = cases.logits.emplace_back();
    for (std::size_t k = 0; k < classes; ++k)
      logits.push_back(static_cast<float>(static_cast<double>(numbers.next() % 2001) / 500.0 - 2.0));
  }
  for (std::size_t i = 0; i < count; ++i) {
    cases.labels.push_back(numbers.next() % classes);
    if (i % 2 == 0) cases.logits[i][cases.labels[i]] += 1.0F;
  }
  return cases;
}

struct Scores {
  double auroc;
  double calibration_error;
  double accuracy;
  double f1;
};

void expect_scores(const Cases& cases, const Scores& expected) {
  ClassAuroc area(cases.classes);
  CalibrationError error;
  ClassCounts counts;
  std::vector<float> odds(cases.classes);
  for (std::size_t i = 0; i < cases.labels.size(); ++i) {
    const Decision decision = decide(cases.logits[i]);
    counts.add(cases.labels[i], decision.label);
    error.add(confidence_of(cases.logits[i]), decision.label == cases.labels[i]);
    log_odds(cases.logits[i], odds);
    area.add(cases.labels[i], odds);
  }
  EXPECT_EQ(counts.rows(), cases.labels.size());
  EXPECT_NEAR(area.value().value_or(0), expected.auroc, 1e-12);
  EXPECT_NEAR(error.value(), expected.calibration_error, 1e-12);
  EXPECT_NEAR(counts.metrics().accuracy, expected.accuracy, 1e-12);
  EXPECT_NEAR(counts.metrics().f1, expected.f1, 1e-12);
}

// Of scikit-learn 1.9.1 on the softmax of the same logits in double: roc_auc_score (of four classes with
// multi_class="ovr", average="macro"), accuracy_score, f1_score(average="macro"); the calibration error by
// NumPy from its definition.
TEST(Scores, AsScikitLearnWithTwoClasses) {
  expect_scores(make_cases(60, 2, 1),
                {0.6764705882352942, 0.14452073091483708, 0.6166666666666667, 0.6165601555987774});
}
TEST(Scores, AsScikitLearnWithFourClasses) {
  expect_scores(make_cases(90, 4, 2),
                {0.6087089585512071, 0.20632938933194672, 0.35555555555555557, 0.3568073018200895});
}

TEST(Auroc, HalfCountsOfWhatIsScoredAlike) {
  // roc_auc_score([0, 1, 1, 0, 1], [.5, .5, .7, .2, .2])
  EXPECT_NEAR(*auroc({{.5F, false}, {.5F, true}, {.7F, true}, {.2F, false}, {.2F, true}}), 2.0 / 3, 1e-15);
  EXPECT_EQ(auroc({{1, true}, {1, false}}), 0.5);
  EXPECT_EQ(auroc({{1, true}, {2, true}}), std::nullopt);
  EXPECT_EQ(auroc({}), std::nullopt);
}

TEST(Auroc, LeavesOutClassesThatDoNotOccur) {
  ClassAuroc area(3);
  area.add(0, std::vector<float>{2, 0, 9});
  area.add(1, std::vector<float>{1, 1, 9});
  EXPECT_EQ(area.value(), 1.0);
  ClassAuroc one(3);
  one.add(2, std::vector<float>{0, 0, 0});
  EXPECT_EQ(one.value(), std::nullopt);
  EXPECT_EQ(one.problem(), "all labels are the same");
}

TEST(Auroc, KeepsNoMoreScoresThanMemoryHolds) {
  constexpr std::size_t kClasses = 100'000;
  ClassAuroc area(kClasses);
  const std::vector<float> scores(kClasses);
  for (std::size_t i = 0; i < 700; ++i) area.add(i, scores);
  EXPECT_EQ(area.value(), std::nullopt);
  EXPECT_THAT(area.problem(), ::testing::HasSubstr("which are not kept"));
}

TEST(Decision, TakesTheFirstOfEqualLogits) {
  const Decision decision = decide(std::vector<float>{1, 3, 3, -1});
  EXPECT_EQ(decision.label, 1U);
  EXPECT_EQ(decision.margin, 0);
  EXPECT_FLOAT_EQ(decide(std::vector<float>{1, -2.5F}).margin, 3.5F);
}

TEST(Decision, IsSureWithoutOverflow) {
  EXPECT_NEAR(confidence_of(std::vector<float>{1000, 999}), 1 / (1 + std::exp(-1)), 1e-12);
  std::vector<float> odds(3);
  log_odds(std::vector<float>{300, 0, 0}, odds);
  EXPECT_NEAR(odds[0], 300 - std::log(2), 1e-4);
  EXPECT_NEAR(odds[1], -300, 1e-4);
}

TEST(CalibrationError, PutsTheEndOfABinIntoIt) {
  CalibrationError error;
  error.add(0.2, false);  // the third of fifteen
  error.add(0.14, true);  // also
  EXPECT_NEAR(error.value(), (1 - 0.34) / 2, 1e-12);
  error.add(1, true);
  EXPECT_NEAR(error.value(), (1 - 0.34) / 3, 1e-12);
  EXPECT_EQ(CalibrationError().value(), 0);
}

}  // namespace
}  // namespace medbench
