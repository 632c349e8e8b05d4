#include "worker/imaging.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "tests/support/results.hpp"

namespace medbench {
namespace {

HostTensor tensor(const std::vector<float>& values) {
  return HostTensor::from_f32({static_cast<std::int64_t>(values.size())}, values);
}

Result image_row(bool amp) {
  Result result = testing::ok_result(1, 2, 20);
  result.imaging.emplace();
  result.imaging->amp = amp;
  return result;
}

std::optional<bool> passes(bool amp, float second) {
  Result result = image_row(amp);
  fill_repeatability(result, tensor({1, 2}), tensor({1, second}));
  return result.imaging->repeatability_pass;
}

TEST(Repeatability, HasTheBoundsOfTheGuide) {
  EXPECT_EQ(passes(false, 2.00009F), true);
  EXPECT_EQ(passes(false, 2.0002F), false);
  EXPECT_EQ(passes(true, 2.04F), true);
  EXPECT_EQ(passes(true, 2.06F), false);
  EXPECT_EQ(passes(true, NAN), false);
  EXPECT_EQ(passes(true, INFINITY), false);
}

TEST(Repeatability, GivesTheStatistics) {
  Result result = testing::ok_result(1, 2, 20);
  fill_repeatability(result, tensor({1, 2, 3, 4}), tensor({1, 2.5, 3, 3}));
  EXPECT_DOUBLE_EQ(result.metrics.get("max_abs_diff").value_or(-1), 1);
  EXPECT_DOUBLE_EQ(result.metrics.get("mean_abs_diff").value_or(-1), 0.375);
  EXPECT_FALSE(result.imaging.has_value());
}

Model network() {
  Model model;
  model.inputs = {{.name = "input",
                   .dtype = DType::F32,
                   .shape = {ir::kBatch, 3, 8, 9},
                   .role = ir::Role::Pixels,
                   .domain = {-1, 1}}};
  return model;
}

TEST(ImagingFacts, AreWhatTheBackendSaysOrWasAskedFor) {
  Result result = testing::ok_result(2, 2, 20);
  result.job.target.backend = "torch";
  result.job.target.options = {{"torch.channels_last", "on"}, {"torch.compile", "on"}, {"torch.amp", "on"}};
  result.job.target.precision = kFp16;
  result.details["backend"] = {{"compiled", false}};
  ImagingFacts facts = imaging_facts(network(), result).value();
  EXPECT_EQ(facts.input_shape, (std::vector<std::int64_t>{2, 3, 8, 9}));
  EXPECT_TRUE(facts.channels_last);
  EXPECT_FALSE(facts.compiled) << "it failed, as the backend says";
  EXPECT_FALSE(facts.amp) << "never on the CPU";
  result.device = "cuda:0";
  facts = imaging_facts(network(), result).value();
  EXPECT_TRUE(facts.amp);
  result.job.target.precision = kFp32;
  EXPECT_FALSE(imaging_facts(network(), result)->amp);
  EXPECT_FALSE(imaging_facts(Model{}, result).has_value());
}

}  // namespace
}  // namespace medbench
