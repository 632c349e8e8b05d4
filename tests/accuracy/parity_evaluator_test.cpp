#include "accuracy/parity_evaluator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accuracy/parity_bounds.hpp"
#include "data/batches.hpp"
#include "data/safetensors.hpp"
#include "tests/support/results.hpp"
#include "tests/support/temporary_folder.hpp"

namespace medbench {
namespace {

using ::testing::HasSubstr;

const std::vector<ir::InputSpec> kInputs{
    {.name = "ids", .dtype = DType::I64, .shape = {}, .role = ir::Role::Ids, .domain = {}},
    {.name = "counts", .dtype = DType::I64, .shape = {}, .role = ir::Role::Mask, .domain = {}}};

const ir::OutputSpec kOutput{.name = "output", .class_axis = 2, .kind = ir::OutputKind::Hidden, .labels = {}};

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
    ParityEvaluator evaluator(reference, kInputs, kOutput);
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

// Batches of another length each.
class ParityOfBatches : public ParityEvaluatorTest {
 protected:
  static constexpr std::size_t kBatches = 4;

  [[nodiscard]] static NamedTensors inputs_of(std::size_t batch) {
    const auto length = static_cast<std::int64_t>(batch) + 2;
    const std::vector<std::int64_t> ones(batch + 2, 1);
    NamedTensors tensors;
    tensors.emplace("ids", HostTensor::from_i64({1, length}, std::vector<std::int64_t>(batch + 2, 7)));
    tensors.emplace("counts", HostTensor::from_i64({1, length}, ones));
    return tensors;
  }
  [[nodiscard]] static NamedTensors outputs_of(std::size_t batch, float last) {
    const auto length = static_cast<std::int64_t>(batch) + 2;
    std::vector<float> values(2 * (batch + 2), 1);
    values.back() = last;
    NamedTensors tensors;
    tensors.emplace("output", HostTensor::from_f32({1, length, 2}, values));
    return tensors;
  }
  [[nodiscard]] std::string file_of_all() const {
    NamedTensors all;
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
      NamedTensors tensors = inputs_of(batch);
      tensors.merge(outputs_of(batch, 2));
      for (auto& [name, tensor] : tensors) all.emplace(name_in_batch(name, batch), std::move(tensor));
    }
    return write_safetensors(folder().path() / "all", all).string();
  }
  // The last number of the third batch is `last`; all else is as in the file.
  [[nodiscard]] Result judged_with(float last, const std::string& file) const {
    Result result = testing::ok_result(1, 2, 20);
    ParityEvaluator evaluator({.file = file}, kInputs, kOutput);
    for (std::size_t batch = 0; batch < kBatches; ++batch)
      evaluator.add(inputs_of(batch), outputs_of(batch, batch == 2 ? last : 2));
    evaluator.fill(result);
    return result;
  }
};

TEST_F(ParityOfBatches, HoldsWhereItHoldsInEach) {
  const Result result = judged_with(2, file_of_all());
  EXPECT_EQ(result.status, Status::Ok);
  EXPECT_EQ(result.parity, true);
  EXPECT_EQ(result.metrics.get("acc_max_abs"), 0);
  EXPECT_EQ(result.details.at("parity").at("batches"), 4);
}

TEST_F(ParityOfBatches, FindsAnAnswerThatIsWrongInOneOnly) {
  const std::string file = file_of_all();
  const Result wrong = judged_with(-2, file);
  EXPECT_EQ(wrong.parity, false);
  EXPECT_EQ(wrong.metrics.get("acc_max_abs"), 4);
  EXPECT_EQ(wrong.metrics.get("acc_mse"), 16.0 / 28);
  EXPECT_EQ(wrong.details.at("parity").at("worst_batch"), 2);
  // A difference that the other batches would cover up.
  const Result hidden = judged_with(2.024F, file);
  EXPECT_GT(*hidden.metrics.get("acc_cosine"), find_parity_bound("fp32")->least_cosine);
  EXPECT_LT(hidden.details.at("parity").at("least_cosine").get<double>(),
            find_parity_bound("fp32")->least_cosine);
  EXPECT_EQ(hidden.parity, false);
}

TEST_F(ParityOfBatches, AllOfThemMustBeInTheReference) {
  EXPECT_EQ(judged_with(2, reference()).acc_error, "ids differs from that of the reference");
  NamedTensors first = inputs_of(0);
  first.merge(outputs_of(0, 2));
  const std::string file = write_safetensors(folder().path() / "first", first).string();
  EXPECT_EQ(judged_with(2, file).acc_error, "ids.1 differs from that of the reference");
}

// Two images of 1 x 3 pixels and two classes.
TEST_F(ParityEvaluatorTest, JudgesEachPixelOfASegmentation) {
  const auto classes = [](const std::vector<float>& values) {
    NamedTensors tensors;
    tensors.emplace("output", HostTensor::from_f32({2, 2, 1, 3}, values));
    return tensors;
  };
  NamedTensors all = classes({5, 5, 5, 0, 0, 0, 1, 1, 1, 3, 3, 3});
  const std::string file = write_safetensors(folder().path() / "segmentation", all).string();
  ParityEvaluator evaluator(
      {.file = file}, {},
      {.name = "output", .class_axis = 1, .kind = ir::OutputKind::Segmentation, .labels = {}});
  evaluator.add({}, classes({5, 5, 0, 0, 0, 5, 1, 1, 1, 3, 3, 0}));
  Result result = testing::ok_result(1, 2, 20);
  evaluator.fill(result);
  EXPECT_NEAR(result.metrics.get("acc_top1_match").value_or(-1), 4.0 / 6, 1e-12);
  EXPECT_EQ(result.metrics.get("acc_max_abs"), 5);
}

TEST_F(ParityEvaluatorTest, OutputsThatAreAllZeroTellNothing) {
  NamedTensors all = inputs();
  all.merge(outputs({0, 0, 0, 0}));
  const std::string file = write_safetensors(folder().path() / "zeros", all).string();
  const Result result = judged({.file = file}, inputs(), outputs({0, 0, 0, 0}));
  EXPECT_EQ(result.status, Status::AccError);
  EXPECT_EQ(result.parity, std::nullopt);
  EXPECT_EQ(result.metrics.get("acc_cosine"), std::nullopt);
  EXPECT_EQ(result.acc_error, "the reference and the row are all zero: nothing can be told");
}

TEST_F(ParityEvaluatorTest, KeepsTheFailureThatCameFirst) {
  Result result = testing::crashed_result();
  ParityEvaluator evaluator({.file = {}, .missing = "no reference"}, kInputs, kOutput);
  evaluator.fill(result);
  EXPECT_EQ(result.status, Status::Crashed);
  EXPECT_EQ(result.acc_error, "no output was compared");
}

}  // namespace
}  // namespace medbench
