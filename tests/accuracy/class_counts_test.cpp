#include "accuracy/class_counts.hpp"

#include <gtest/gtest.h>

namespace medbench {
namespace {

void expect_metrics(const ClassCounts& counts, const ClassificationMetrics& expected) {
  constexpr double kRounding = 1e-15;
  const ClassificationMetrics metrics = counts.metrics();
  EXPECT_NEAR(metrics.accuracy, expected.accuracy, kRounding);
  EXPECT_NEAR(metrics.precision, expected.precision, kRounding);
  EXPECT_NEAR(metrics.recall, expected.recall, kRounding);
  EXPECT_NEAR(metrics.f1, expected.f1, kRounding);
}

// The numbers are those of scikit-learn 1.9.1: accuracy_score, and precision_recall_fscore_support with
// average="macro" and zero_division=0.
TEST(ClassCounts, AsScikitLearnWithFourClasses) {
  // One class is predicted but never right, another never occurs.
  constexpr std::uint64_t kRows[4][4] = {{7, 2, 0, 1}, {3, 11, 4, 0}, {0, 0, 0, 0}, {5, 1, 2, 0}};
  ClassCounts counts;
  for (std::size_t actual = 0; actual < 4; ++actual) {
    for (std::size_t predicted = 0; predicted < 4; ++predicted)
      counts.add(actual, predicted, kRows[actual][predicted]);
  }
  expect_metrics(counts, {0.5, 0.3130952380952381, 0.3277777777777778, 0.311875});
}

TEST(ClassCounts, AsScikitLearnWithTwoClasses) {
  ClassCounts counts;
  counts.add(0, 0, 8);
  counts.add(0, 1);
  counts.add(1, 1, 2);
  counts.add(1, 0);
  expect_metrics(counts, {0.8333333333333334, 0.7777777777777777, 0.7777777777777777, 0.7777777777777777});
}

TEST(ClassCounts, AsScikitLearnWithOnePredictionForAll) {
  ClassCounts counts;
  counts.add(0, 0, 7);
  counts.add(1, 0, 5);
  counts.add(2, 0, 4);
  expect_metrics(counts, {0.4375, 0.14583333333333334, 0.3333333333333333, 0.2028985507246377});
}

TEST(ClassCounts, AClassThatIsPredictedOnlyCounts) {
  ClassCounts counts;
  counts.add(0, 2, 2);
  counts.add(1, 2);
  expect_metrics(counts, {});
  counts.add(2, 2, 3);
  expect_metrics(counts, {0.5, 0.5 / 3, 1.0 / 3, 2.0 / 9});
}

TEST(ClassCounts, ClassesThatNeverOccurDoNotCount) {
  ClassCounts counts;
  for (const std::size_t label : {0U, 1U, 5U}) counts.add(label, label);
  counts.add(9, 9, 0);
  expect_metrics(counts, {1, 1, 1, 1});
}

TEST(ClassCounts, NothingIsAllZero) {
  expect_metrics(ClassCounts(), {});
}

}  // namespace
}  // namespace medbench
