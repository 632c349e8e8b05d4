#include "campaign/planner.hpp"

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

class PlannerTest : public ::testing::Test {
 protected:
  PlannerTest() {
    machine["torch"].devices = {device("cpu", {"fp32", "bf16"}), device("cuda:0", {"fp32", "fp16", "bf16"}),
                                device("cuda:1", {"fp32", "fp16", "bf16"})};
    machine["openvino"].devices = {device("cpu", {"fp32"})};
    machine["tpu"].reason = "there is no TPU";
    machine["tpu"].advice = "plug one in";
    options.models = {{.reference = {.name = "biobert", .folder = {}}, .shapes = shapes({1}, {128})}};
    options.backends = {"torch", "openvino"};
    options.precisions = {"fp32"};
  }

  [[nodiscard]] Plan plan() {
    return make_plan(options,
                     {.is_installed = [&](const std::string& backend) { return machine.contains(backend); },
                      .describe =
                          [&](const std::string& backend) {
                            ++asked[backend];
                            Capabilities capabilities = machine[backend];
                            capabilities.backend = backend;
                            return capabilities;
                          }});
  }
  static std::vector<Axes> shapes(const std::vector<std::int64_t>& batches,
                                  const std::vector<std::int64_t>& lengths) {
    return all_shapes({{Axis::Batch, batches}, {Axis::Seq, lengths}});
  }
  // "torch cuda:0 fp32"
  [[nodiscard]] std::vector<std::string> rows() {
    std::vector<std::string> texts;
    for (const auto& row : plan().rows)
      texts.push_back(fmt::format("{} {} {}{}", row.job.target.backend, row.job.target.device,
                                  row.job.target.precision, row.failure ? " load_error" : ""));
    return texts;
  }

  PlanSettings options;
  std::map<std::string, Capabilities> machine;
  std::map<std::string, int> asked;
};

TEST_F(PlannerTest, TakesTheBestDeviceOfEachBackend) {
  EXPECT_THAT(rows(), ElementsAre("torch cuda:0 fp32", "openvino cpu fp32"));
}

TEST_F(PlannerTest, TakesAllDevicesWhenAsked) {
  options.devices = {"all"};
  EXPECT_THAT(rows(),
              ElementsAre("torch cpu fp32", "torch cuda:0 fp32", "torch cuda:1 fp32", "openvino cpu fp32"));
}

TEST_F(PlannerTest, TakesTheDevicesThatWereAskedForEvenWhereTheyAreMissing) {
  options.devices = {"cpu", "cuda"};
  EXPECT_THAT(rows(),
              ElementsAre("torch cpu fp32", "torch cuda fp32", "openvino cpu fp32", "openvino cuda fp32"));
}

TEST_F(PlannerTest, MeasuresACoercedPrecisionOnce) {
  options.backends = {"openvino"};
  options.precisions = {"fp32", "fp16"};
  const Plan planned = plan();
  ASSERT_EQ(planned.rows.size(), 1U);
  EXPECT_THAT(planned.rows[0].notes,
              ElementsAre("fp16 was asked for, but openvino has none on cpu: fp32 in its place, one row "
                          "with fp32"));
  EXPECT_EQ(planned.rows[0].job.target.asked_precision, "") << "fp32 was asked for, too";
  EXPECT_EQ(planned.notes, planned.rows[0].notes) << "on the screen, too";
  options.precisions = {"bf16"};
  EXPECT_THAT(rows(), ElementsAre("openvino cpu fp32"));
  EXPECT_EQ(plan().rows[0].job.target.asked_precision, "bf16");
}

TEST_F(PlannerTest, KeepsFp16WhereTheDeviceHasIt) {
  options.backends = {"torch"};
  options.precisions = {"fp16"};
  options.devices = {"cuda"};
  EXPECT_THAT(rows(), ElementsAre("torch cuda fp16"));
}

TEST_F(PlannerTest, AddsInt8OnTheCpu) {
  options.int8 = true;
  EXPECT_THAT(rows(),
              ElementsAre("torch cuda:0 fp32", "torch cpu int8", "openvino cpu fp32", "openvino cpu int8"));
  machine["openvino"].devices = {device("gpu", {"fp32"})};
  const Plan planned = plan();
  EXPECT_EQ(planned.rows.size(), 3U);
  EXPECT_THAT(planned.notes, ElementsAre(HasSubstr("no int8 row for openvino")));
}

TEST_F(PlannerTest, Int8ObeysTheDeployment) {
  options.int8 = true;
  options.backends = {"openvino"};
  EXPECT_FALSE(plan().rows[1].job.target.quantization) << "the defaults";
  options.deployment.emplace();
  options.deployment->quantization.method = QuantizationMethod::WeightOnly;
  options.deployment->threads = 3;
  options.deployment->warnings = {"edge.json: key \"x\" is not known"};
  auto rows = plan().rows;
  EXPECT_FALSE(rows[0].job.target.quantization);
  EXPECT_EQ(rows[0].job.target.threads, 0);
  EXPECT_THAT(rows[0].notes, IsEmpty());
  ASSERT_TRUE(rows[1].job.target.quantization);
  EXPECT_EQ(rows[1].job.target.quantization->method, QuantizationMethod::WeightOnly);
  EXPECT_EQ(rows[1].job.target.threads, 3);
  EXPECT_THAT(rows[1].notes, ElementsAre(HasSubstr("not known")));
  options.base.target.threads = 2;
  EXPECT_EQ(plan().rows[1].job.target.threads, 2) << "the user's own";
}

TEST_F(PlannerTest, Int8HasARowForEachMethod) {
  using enum QuantizationMethod;
  options.int8 = true;
  options.int8_methods = {Dynamic, Static, WeightOnly};
  options.backends = {"openvino"};
  options.precisions = {};
  options.deployment.emplace();
  options.deployment->quantization.method = WeightOnly;
  options.deployment->quantization.group_size = 64;
  options.deployment->threads = 3;
  const Plan planned = plan();
  ASSERT_EQ(planned.rows.size(), 3U);
  std::vector<std::string> labels;
  for (const auto& row : planned.rows) {
    labels.push_back(precision_label(row.job.target));
    EXPECT_EQ(row.job.target.threads, 3) << "other keys of the file stay";
  }
  EXPECT_THAT(labels, ElementsAre("int8 dynamic", "int8 static", "int8 weight-only"));
  EXPECT_EQ(planned.rows[1].job.id, "0002_biobert_openvino_b1_s128_int8-static_cpu");
  EXPECT_EQ(planned.rows[0].job.target.quantization->group_size, 64);
  EXPECT_EQ(planned.rows[1].job.target.quantization->group_size, kAutoGroup);
  EXPECT_THAT(planned.rows[1].notes, ElementsAre(HasSubstr("calibrated on seeded random inputs"),
                                                 HasSubstr("\"group_size\": 64 is left out")));
  EXPECT_THAT(planned.rows[2].notes, IsEmpty());
}

TEST_F(PlannerTest, Int8OfImagesIsStaticUnlessAMethodIsNamed) {
  options.int8 = true;
  options.backends = {"openvino"};
  options.precisions = {};
  options.models[0].shapes = all_shapes({{Axis::Batch, {1}}, {Axis::Height, {64}}, {Axis::Width, {64}}});
  const auto label = [&] { return precision_label(plan().rows.at(0).job.target); };
  EXPECT_EQ(label(), "int8 static");
  options.deployment.emplace();
  EXPECT_EQ(label(), "int8 static") << "a file that names none";
  options.deployment->names_method = true;
  EXPECT_EQ(label(), "int8 dynamic");
  options.int8_methods = {QuantizationMethod::WeightOnly};
  EXPECT_EQ(label(), "int8 weight-only");
}

TEST_F(PlannerTest, SaysOnceWhatTheDeploymentHasNoUseFor) {
  options.int8 = true;
  options.deployment.emplace();
  options.deployment->warnings = {"edge.json: key \"x\" is not known"};
  options.deployment->method_warnings = {"edge.json: key \"y\" has no effect"};
  EXPECT_THAT(plan().notes, ElementsAre(HasSubstr("\"x\""), HasSubstr("\"y\"")));
}

TEST_F(PlannerTest, AMissingBackendIsARow) {
  options.backends = {"tpu", "tensorrt"};
  options.int8 = true;
  EXPECT_THAT(rows(), ElementsAre("tpu tpu fp32 load_error", "tensorrt cuda fp32 load_error"));
  EXPECT_EQ(plan().rows[0].failure->message, "there is no TPU; plug one in");
  EXPECT_THAT(plan().rows[1].failure->message, HasSubstr("worker-tensorrt is not installed; run make smoke"));
}

TEST_F(PlannerTest, AutoLeavesOutWhatIsNotUsable) {
  options.backends = {"auto"};
  machine["reference"].devices = {device("cpu", {"fp32"})};
  EXPECT_THAT(rows(), ElementsAre("torch cuda:0 fp32", "openvino cpu fp32"));
  EXPECT_THAT(plan().notes, ::testing::Contains("auto leaves tpu out: there is no TPU; plug one in"));
  machine.clear();
  testing::expect_error(ErrorKind::Environment, "no backend is usable", [&] { static_cast<void>(plan()); });
}

TEST_F(PlannerTest, AsksEachBackendOnce) {
  options.precisions = {"fp32", "bf16"};
  options.models[0].shapes = shapes({1, 2, 3}, {128});
  EXPECT_EQ(plan().rows.size(), 9U) << "openvino has no bf16 here";
  EXPECT_EQ(asked["torch"], 1);
}

TEST_F(PlannerTest, AsksNobodyForTheCpuInFp32) {
  options.devices = {"cpu"};
  options.precisions = {"fp32"};
  EXPECT_THAT(rows(), ElementsAre("torch cpu fp32", "openvino cpu fp32"));
  EXPECT_TRUE(asked.empty());
  options.int8 = true;
  EXPECT_EQ(plan().rows.size(), 4U);
  EXPECT_EQ(asked["torch"], 1);
}

TEST_F(PlannerTest, FallsBackToTheCpuWhereToldTo) {
  options.falls_back_to_cpu = true;
  options.devices = {"cuda"};
  options.precisions = {"fp16"};
  machine["openvino"].reason = "the driver is too old";
  const Plan planned = plan();
  ASSERT_EQ(planned.rows.size(), 2U);
  EXPECT_EQ(planned.rows[0].job.target.device, "cuda");
  EXPECT_EQ(planned.rows[0].job.target.precision, "fp16");
  EXPECT_THAT(planned.rows[0].notes, IsEmpty());
  EXPECT_EQ(planned.rows[1].job.target.device, "cpu");
  EXPECT_EQ(planned.rows[1].job.target.precision, "fp32");
  EXPECT_THAT(
      planned.rows[1].notes,
      ElementsAre("CUDA was asked for but is not usable (the driver is too old); running on the CPU with "
                  "fp32 in place of fp16, which openvino has none of there; --device cpu --precision "
                  "fp32 silences this line"));
  EXPECT_EQ(planned.notes, planned.rows[1].notes);
  options.precisions = {"fp32", "fp16", "bf16"};
  options.devices = {"cuda", "cuda:0"};
  EXPECT_THAT(plan().notes, ElementsAre(HasSubstr("in place of fp16, bf16, which")));
  EXPECT_EQ(plan().rows.back().notes, plan().notes) << "of rows that became one";
  options.precisions = {"fp32"};
  EXPECT_THAT(plan().notes,
              ElementsAre("CUDA was asked for but is not usable (the driver is too old); running on the CPU; "
                          "--device cpu silences this line"));
  options.devices = {"cuda:3"};
  testing::expect_error(ErrorKind::Usage, "--device cuda:3: there is only cuda:0, cuda:1",
                        [&] { static_cast<void>(plan()); });
}

TEST_F(PlannerTest, GoesByModelThenShapeThenBackend) {
  options.models[0].shapes = shapes({1}, {64, 128});
  options.models.push_back(options.models[0]);
  options.models[1].reference.name = "clinicalbert";
  std::vector<std::string> texts;
  for (const auto& row : plan().rows)
    texts.push_back(fmt::format("{} {} {}", row.job.work.model.name, row.job.work.axes[Axis::Seq],
                                row.job.target.backend));
  EXPECT_THAT(texts, ElementsAre("biobert 64 torch", "biobert 64 openvino", "biobert 128 torch",
                                 "biobert 128 openvino", "clinicalbert 64 torch", "clinicalbert 64 openvino",
                                 "clinicalbert 128 torch", "clinicalbert 128 openvino"));
}

TEST_F(PlannerTest, TakesTurnsWhereThereIsSomethingToCompare) {
  for (const auto& row : plan().rows) EXPECT_TRUE(row.job.protocol.turn);
  options.interleaved = false;
  for (const auto& row : plan().rows) EXPECT_FALSE(row.job.protocol.turn);
  options.interleaved = true;
  options.backends = {"torch", "tensorrt"};
  for (const auto& row : plan().rows) EXPECT_FALSE(row.job.protocol.turn);
}

TEST_F(PlannerTest, MakesARowOfEachTargetForEachPadding) {
  options.base.work.data = TextData{.file = "notes.txt", .hash = "0011"};
  options.backends = {"torch"};
  options.devices = {"cpu"};
  options.precisions = {"fp32", "bf16"};
  options.paddings = {Padding::None, Padding::Longest};
  std::vector<std::string> texts;
  for (const auto& row : plan().rows) {
    texts.push_back(row.job.target.precision + padding_suffix(row.job.work));
    EXPECT_EQ(row.job.work.text()->hash, "0011");
  }
  EXPECT_THAT(texts, ElementsAre("fp32 (padding none)", "fp32 (padding longest)", "bf16 (padding none)",
                                 "bf16 (padding longest)"));
  options.precisions = {"fp32"};
  for (const auto& row : plan().rows) EXPECT_TRUE(row.job.protocol.turn) << "there are two to compare";
  options.paddings = {Padding::None};
  for (const auto& row : plan().rows) EXPECT_FALSE(row.job.protocol.turn);
}

TEST(AllShapes, GoThroughTheLastAxisFirst) {
  const auto shapes = all_shapes({{Axis::Batch, {1, 2}}, {Axis::Seq, {8, 16}}});
  EXPECT_THAT(shapes,
              ElementsAre(Axes{{Axis::Batch, 1}, {Axis::Seq, 8}}, Axes{{Axis::Batch, 1}, {Axis::Seq, 16}},
                          Axes{{Axis::Batch, 2}, {Axis::Seq, 8}}, Axes{{Axis::Batch, 2}, {Axis::Seq, 16}}));
}

TEST_F(PlannerTest, GivesIdsThatAreUniqueAndSafe) {
  options.models[0].reference.name = "/models/a b";
  const Plan planned = plan();
  EXPECT_EQ(planned.rows[0].job.id, "0001_a-b_torch_b1_s128_fp32_cuda-0");
  EXPECT_NE(planned.rows[0].job.id, planned.rows[1].job.id);
}

}  // namespace
}  // namespace medbench
