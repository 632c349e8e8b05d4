#include "medbench/matrix_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tests/support/errors.hpp"

namespace medbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

DeviceInfo device(const std::string& id, std::vector<std::string> precisions) {
  return {.id = id, .name = "a device", .memory_mb = 1, .precisions = std::move(precisions)};
}

class MatrixPlanTest : public ::testing::Test {
 protected:
  MatrixPlanTest() {
    machine["torch"].devices = {device("cpu", {"fp32", "bf16"}), device("cuda:0", {"fp32", "fp16", "bf16"}),
                                device("cuda:1", {"fp32", "fp16", "bf16"})};
    machine["openvino"].devices = {device("cpu", {"fp32"})};
    machine["tpu"].reason = "there is no TPU";
    machine["tpu"].advice = "plug one in";
    options.backends = {"torch", "openvino"};
  }

  [[nodiscard]] MatrixPlan plan() {
    return plan_matrix(options, models, deployment,
                       {.is_installed = [&](const std::string& backend) { return machine.contains(backend); },
                        .describe =
                            [&](const std::string& backend) {
                              ++asked[backend];
                              Capabilities capabilities = machine[backend];
                              capabilities.backend = backend;
                              return capabilities;
                            }});
  }
  // "torch cuda:0 fp32"
  [[nodiscard]] std::vector<std::string> rows() {
    std::vector<std::string> texts;
    for (const auto& row : plan().rows)
      texts.push_back(fmt::format("{} {} {}{}", row.job.target.backend, row.job.target.device, row.job.target.precision,
                                  row.failure ? " load_error" : ""));
    return texts;
  }

  MatrixOptions options;
  std::optional<Deployment> deployment;
  std::vector<ModelRef> models{{.name = "biobert", .folder = {}}};
  std::map<std::string, Capabilities> machine;
  std::map<std::string, int> asked;
};

TEST_F(MatrixPlanTest, TakesTheBestDeviceOfEachBackend) {
  EXPECT_THAT(rows(), ElementsAre("torch cuda:0 fp32", "openvino cpu fp32"));
}

TEST_F(MatrixPlanTest, TakesAllDevicesWhenAsked) {
  options.devices = {"all"};
  EXPECT_THAT(rows(),
              ElementsAre("torch cpu fp32", "torch cuda:0 fp32", "torch cuda:1 fp32", "openvino cpu fp32"));
}

TEST_F(MatrixPlanTest, TakesTheDevicesThatWereAskedForEvenWhereTheyAreMissing) {
  options.devices = {"cpu", "cuda"};
  EXPECT_THAT(rows(),
              ElementsAre("torch cpu fp32", "torch cuda fp32", "openvino cpu fp32", "openvino cuda fp32"));
}

TEST_F(MatrixPlanTest, MeasuresACoercedPrecisionOnce) {
  options.backends = {"openvino"};
  options.precisions = {"fp32", "fp16"};
  const MatrixPlan planned = plan();
  ASSERT_EQ(planned.rows.size(), 1U);
  EXPECT_THAT(planned.rows[0].notes,
              ElementsAre("fp16 was asked for, but openvino has none on cpu: fp32 in its place"));
  options.precisions = {"bf16"};
  EXPECT_THAT(rows(), ElementsAre("openvino cpu bf16")) << "the worker says that it has none";
}

TEST_F(MatrixPlanTest, KeepsFp16WhereTheDeviceHasIt) {
  options.backends = {"torch"};
  options.precisions = {"fp16"};
  options.devices = {"cuda"};
  EXPECT_THAT(rows(), ElementsAre("torch cuda fp16"));
}

TEST_F(MatrixPlanTest, AddsInt8OnTheCpu) {
  options.int8 = true;
  EXPECT_THAT(rows(),
              ElementsAre("torch cuda:0 fp32", "torch cpu int8", "openvino cpu fp32", "openvino cpu int8"));
  machine["openvino"].devices = {device("gpu", {"fp32"})};
  const MatrixPlan planned = plan();
  EXPECT_EQ(planned.rows.size(), 3U);
  EXPECT_THAT(planned.notes, ElementsAre(HasSubstr("no int8 row for openvino")));
}

TEST_F(MatrixPlanTest, Int8ObeysTheDeployment) {
  options.int8 = true;
  options.backends = {"openvino"};
  EXPECT_FALSE(plan().rows[1].job.target.quantization) << "the defaults";
  deployment.emplace();
  deployment->quantization.method = QuantizationMethod::WeightOnly;
  deployment->threads = 3;
  deployment->warnings = {"edge.json: key \"x\" is not known"};
  auto rows = plan().rows;
  EXPECT_FALSE(rows[0].job.target.quantization);
  EXPECT_EQ(rows[0].job.target.threads, 0);
  EXPECT_THAT(rows[0].notes, IsEmpty());
  ASSERT_TRUE(rows[1].job.target.quantization);
  EXPECT_EQ(rows[1].job.target.quantization->method, QuantizationMethod::WeightOnly);
  EXPECT_EQ(rows[1].job.target.threads, 3);
  EXPECT_THAT(rows[1].notes, ElementsAre(HasSubstr("not known")));
  options.run.threads = 2;
  EXPECT_EQ(plan().rows[1].job.target.threads, 2) << "the user's own";
}

TEST_F(MatrixPlanTest, AMissingBackendIsARow) {
  options.backends = {"tpu", "tensorrt"};
  options.int8 = true;
  EXPECT_THAT(rows(), ElementsAre("tpu tpu fp32 load_error", "tensorrt cuda fp32 load_error"));
  EXPECT_EQ(plan().rows[0].failure->message, "there is no TPU; plug one in");
  EXPECT_THAT(plan().rows[1].failure->message,
              HasSubstr("worker-tensorrt is not installed; this version has"));
}

TEST_F(MatrixPlanTest, AutoLeavesOutWhatIsNotUsable) {
  options.backends = {"auto"};
  machine["reference"].devices = {device("cpu", {"fp32"})};
  EXPECT_THAT(rows(), ElementsAre("torch cuda:0 fp32", "openvino cpu fp32"));
  EXPECT_THAT(plan().notes, ::testing::Contains("auto leaves tpu out: there is no TPU; plug one in"));
  machine.clear();
  testing::expect_error(ErrorKind::Environment, "no backend is usable", [&] { static_cast<void>(plan()); });
}

TEST_F(MatrixPlanTest, AsksEachBackendOnce) {
  options.precisions = {"fp32", "bf16"};
  options.batch_sizes = {1, 2, 3};
  EXPECT_EQ(plan().rows.size(), 12U);
  EXPECT_EQ(asked["torch"], 1);
}

TEST_F(MatrixPlanTest, GoesByModelThenShapeThenBackend) {
  models.push_back({.name = "clinicalbert", .folder = {}});
  options.seq_lengths = {64, 128};
  std::vector<std::string> texts;
  for (const auto& row : plan().rows)
    texts.push_back(fmt::format("{} {} {}", row.job.work.model.name, row.job.work.axes[Axis::Seq], row.job.target.backend));
  EXPECT_THAT(texts, ElementsAre("biobert 64 torch", "biobert 64 openvino", "biobert 128 torch",
                                 "biobert 128 openvino", "clinicalbert 64 torch", "clinicalbert 64 openvino",
                                 "clinicalbert 128 torch", "clinicalbert 128 openvino"));
}

TEST_F(MatrixPlanTest, TakesTurnsWhereThereIsSomethingToCompare) {
  for (const auto& row : plan().rows) EXPECT_EQ(row.job.protocol.turns, 2);
  options.order = RowOrder::Sequential;
  for (const auto& row : plan().rows) EXPECT_EQ(row.job.protocol.turns, 1);
  options.order = RowOrder::Interleaved;
  options.backends = {"torch", "tensorrt"};
  for (const auto& row : plan().rows) EXPECT_EQ(row.job.protocol.turns, 1);
}

TEST_F(MatrixPlanTest, GivesIdsThatAreUniqueAndSafe) {
  models[0].name = "/models/a b";
  const MatrixPlan planned = plan();
  EXPECT_EQ(planned.rows[0].job.id, "0001_a-b_torch_b1_s128_fp32_cuda-0");
  EXPECT_NE(planned.rows[0].job.id, planned.rows[1].job.id);
}

}  // namespace
}  // namespace medbench
