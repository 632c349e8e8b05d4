#include "accuracy/parity_evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/safetensors.hpp"
#include "tests/support/results.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

const std::vector<ir::InputSpec> kInputs{
    {.name = "ids", .dtype = DType::I64, .shape = {}, .role = ir::Role::Ids, .domain = {}},
    {.name = "counts", .dtype = DType::I64, .shape = {}, .role = ir::Role::Mask, .domain = {}}};

NamedTensors inputs(std::int64_t first_id = 100) {
  NamedTensors tensors;
  tensors.emplace("ids", HostTensor::from_i64({1, 2}, std::vector<std::int64_t>{first_id, 101}));
  tensors.emplace("counts", HostTensor::from_i64({1, 2}, std::vector<std::int64_t>{1, 0}));
  return tensors;
}

NamedTensors outputs(const std::vector<float>& values, const std::string& name = "output") {
  NamedTensors tensors;
  tensors.emplace(name, HostTensor::from_f32({1, 2, 2}, values));
  return tensors;
}

class ParityEvaluatorTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string reference(const std::string& output = "output") const {
    NamedTensors all = inputs();
    all.merge(outputs({1, 2, 3, 4}, output));
    return write_safetensors(folder_.path() / "reference", all).string();
  }
  [[nodiscard]] Result judged(const ParityReference& reference, const NamedTensors& given,
                              const NamedTensors& answer) const {
    Result result = testing::ok_result(1, 2, 20);
    ParityEvaluator evaluator(reference, kInputs, "output");
    evaluator.add(given, answer);
    evaluator.fill(result);
    return result;
  }
  [[nodiscard]] const testing::TemporaryFolder& folder() const { return folder_; }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(ParityEvaluatorTest, ComparesWithoutPaddingAndStoresTheVerdict) {
  const std::string file = reference();
  const Result same = judged({.file = file}, inputs(), outputs({1, 2, 99, 99}));
  EXPECT_EQ(same.status, Status::Ok);
  EXPECT_EQ(same.parity, true);
  EXPECT_EQ(same.metrics.get("acc_max_abs"), 0);
  const Result other = judged({.file = file}, inputs(), outputs({-1, 2, 3, 4}));
  EXPECT_EQ(other.status, Status::Ok) << "another answer is a verdict, not a failure";
  EXPECT_EQ(other.parity, false);
  EXPECT_EQ(other.metrics.get("acc_max_abs"), 2);
}

TEST_F(ParityEvaluatorTest, WhatCannotBeComparedIsAnErrorThatKeepsTheNumbers) {
  const auto expect = [](const Result& result, const std::string& reason) {
    EXPECT_EQ(result.status, Status::AccError);
    EXPECT_EQ(result.parity, std::nullopt);
    EXPECT_THAT(result.acc_error, HasSubstr(reason));
    ASSERT_TRUE(result.failure);
    EXPECT_THAT(result.failure->message, HasSubstr(reason));
    EXPECT_EQ(result.samples.size(), 2U);
  };
  const std::string file = reference();
  const NamedTensors answer = outputs({1, 2, 3, 4});
  expect(judged({.file = file}, inputs(200), answer), "ids differs from that of the reference");
  expect(judged({.file = file}, inputs(), outputs({1, 2, 3, 4}, "pooled")),
         "the row has no tensor named output");
  expect(judged({.file = reference("pooled")}, inputs(), answer), "the reference has no tensor named output");
  expect(judged({.file = (folder().path() / "none").string()}, inputs(), answer), "none");
  expect(judged({.file = folder().write("broken", "not tensors").string()}, inputs(), answer), "broken");
  expect(judged({.file = {}, .missing = "torch did not start"}, inputs(), answer), "torch did not start");
}

TEST_F(ParityEvaluatorTest, KeepsTheFailureThatCameFirst) {
  Result result = testing::crashed_result();
  ParityEvaluator evaluator({.file = {}, .missing = "no reference"}, kInputs, "output");
  evaluator.fill(result);
  EXPECT_EQ(result.status, Status::Crashed);
  EXPECT_EQ(result.acc_error, "no output was compared");
}

}  // namespace
}  // namespace medbench
