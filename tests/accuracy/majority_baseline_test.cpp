#include "accuracy/majority_baseline.hpp"

#include <gtest/gtest.h>

#include "tests/support/errors.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using testing::expect_error;

class MajorityOf : public ::testing::Test {
 protected:
  [[nodiscard]] MajorityBaseline baseline(const std::string& rows, std::string_view name = "d.csv") const {
    return majority_baseline(folder.write(name, "text,label,source,split\n" + rows));
  }
  void expect_usage(const std::string& rows, const std::string& message) const {
    expect_error(ErrorKind::Usage, message, [&] { (void)baseline(rows); });
  }
  testing::TemporaryFolder folder;
};

// scikit-learn 1.9.1 on the same rows.
TEST_F(MajorityOf, TheFixture) {
  for (const char* name : {"clinical_classification.csv", "clinical_classification.jsonl"}) {
    const auto result = majority_baseline(testing::source_folder() / "datasets" / name);
    EXPECT_EQ(result.label, "cardiology");
    EXPECT_EQ(result.num_train, 36U);
    EXPECT_EQ(result.num_test, 16U);
    EXPECT_EQ(result.num_labels, 3U);
    EXPECT_DOUBLE_EQ(result.metrics.accuracy, 0.4375);
    EXPECT_DOUBLE_EQ(result.metrics.precision, 0.14583333333333334);
    EXPECT_DOUBLE_EQ(result.metrics.recall, 1.0 / 3);
    EXPECT_DOUBLE_EQ(result.metrics.f1, 0.2028985507246377);
  }
}

TEST_F(MajorityOf, TrainingRowsAlone) {
  const auto result =
      baseline("a,x,s,test\nb,x,s,test\nc,x,s,validation\nd,x,s,val\ne,x,s,dev\nf,y,s,train\n");
  EXPECT_EQ(result.label, "y");
  EXPECT_EQ(result.num_train, 1U);
  EXPECT_EQ(result.num_test, 2U);
  EXPECT_EQ(result.metrics.accuracy, 0);
}

TEST_F(MajorityOf, EquallyFrequentTheFirstOfTraining) {
  EXPECT_EQ(baseline("a,z,s,test\nb,y,s,train\nc,x,s,train\nd,z,s,train\n").label, "y");
}

TEST_F(MajorityOf, WhatMakesNoSense) {
  expect_usage("", "no row in it");
  expect_usage("a,x,s,train\nb,x,s,test\n",
               "every row has the label \"x\"; a classification has at least two");
  expect_usage("a,x,s,train\nb,y,s,train\n", "no row has the split test");
  expect_usage("a,x,s,test\nb,y,s,test\n", "no row has the split train");
  expect_usage("a,,s,train\nb, ,s,test\n", "no row has a label");
  expect_usage("a,x,s,train\nb,y,s,Test\n", "row 2 (line 3): split \"Test\" is unknown; give train, test or");
}

TEST_F(MajorityOf, RowsWithoutALabelByTheirNumbers) {
  expect_usage("a,x,s,train\n\"b\nb\",,s,train\n\nc,y,s,test\nd,,s,test\n",
               "without a label: row 2 (line 3), 4 (line 7); label it");
  std::string rows = "a,x,s,train\n";
  for (int i = 0; i < 8; ++i) rows += "b,,s,test\n";
  expect_usage(rows, "row 2 (line 3), 3 (line 4), 4 (line 5), 5 (line 6), 6 (line 7) and 3 more");
}

TEST_F(MajorityOf, MoreLabelsThanMakeSense) {
  std::string rows;
  for (int i = 0; i <= 1'000'000; ++i) rows += "," + std::to_string(i) + ",,train\n";
  expect_usage(rows, "row 1000001 (line 1000002): more than 1000000 different labels");
}

}  // namespace
}  // namespace medbench
