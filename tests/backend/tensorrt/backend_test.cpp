#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/pass.hpp"
#include "backend/reference/reference_backend.hpp"
#include "backend/tensorrt/fallback.hpp"
#include "backend/tensorrt/tensorrt_backend.hpp"
#include "tests/backend/tensorrt/fake_native.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench {
namespace {

using ::testing::AllOf;
using testing::batch_seq;
using ::testing::Contains;
using ::testing::ElementsAre;
using testing::expect_error;
using testing::FakeNative;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MemoryParameters;
using ::testing::Pair;
using testing::ScopedEnvironment;

struct Seen {
  Refusal refusal = "it has no provider for TensorRT";
  std::string failure;  // of build()
  std::vector<Target> built;
};

// The reference interpreter in the place of ONNX Runtime.
class FakeFallback final : public Backend {
 public:
  explicit FakeFallback(Seen& seen) : seen_(seen) {}
  Capabilities describe() override { return {}; }
  Refusal supports(const Target& /*target*/) override { return seen_.refusal; }
  void build(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build) override {
    seen_.built.push_back(build.target);
    if (!seen_.failure.empty()) throw runtime_failure("{}", seen_.failure);
    Target target;
    target.backend = "reference";
    reference_.build(graph, weights, {.target = target, .shapes = build.shapes});
  }
  void bind(std::size_t slot, const Axes& axes) override { reference_.bind(slot, axes); }
  void write(std::size_t slot, const NamedTensors& inputs) override { reference_.write(slot, inputs); }
  void enqueue(std::size_t slot) override { reference_.enqueue(slot); }
  void wait(std::size_t slot) override { reference_.wait(slot); }
  void read(std::size_t slot, NamedTensors& outputs) override { reference_.read(slot, outputs); }
  void report(EngineReport& report) override { reference_.report(report); }

 private:
  Seen& seen_;
  ReferenceBackend reference_;
};

class TensorRt : public ::testing::Test {
 protected:
  TensorRt() {
    driver.version = 13'000;
    target.backend = "tensorrt";
    target.device = "cuda";
    target.options["trt.cache"] = "0";
  }

  std::unique_ptr<Backend> backend() {
    return make_tensorrt_backend(std::make_unique<FakeFallback>(fallback),
                                 {.open = [this](const std::string&) -> std::unique_ptr<trt::Native> {
                                    if (!native_refusal.empty())
                                      throw environment_error("{}", native_refusal);
                                    auto native = std::make_unique<FakeNative>(version);
                                    native->refusal = build_refusal;
                                    return native;
                                  },
                                  .driver = [this]() -> const device::CudaDriver& { return driver; }});
  }
  void add_card(int major, int minor) {
    driver.devices.push_back({.name = "card",
                              .pci_bus_id = {},
                              .memory_mb = 80'000,
                              .compute_major = major,
                              .compute_minor = minor});
  }
  void build(Backend& built, const ShapeRange& shapes = batch_seq(2, 7)) {
    MemoryParameters weights(testing::random_parameters(bert.graph(), 1));
    built.build(bert.graph(), weights, {.target = target, .shapes = shapes});
  }

  ScopedEnvironment no_plugin{"MEDBENCH_ORT_EP_LIBRARY", std::nullopt};
  testing::TinyBert bert = testing::tiny_berts().front();
  Seen fallback;
  trt::Version version{11, 1, 0, 106};
  std::string native_refusal;
  std::string build_refusal;
  device::CudaDriver driver;
  Target target;
};

TEST_F(TensorRt, OfAMachineWithNothingHasBothReasons) {
  native_refusal = "no headers";
  const Capabilities answer = backend()->describe();
  EXPECT_THAT(answer.devices, IsEmpty());
  EXPECT_EQ(answer.reason, "TensorRT: no headers\nONNX Runtime's provider: it has no provider for TensorRT");
  EXPECT_NE(answer.advice, "");
  expect_error(ErrorKind::Environment,
               "TensorRT: no headers; ONNX Runtime's provider: it has no provider for TensorRT",
               [&] { (void)backend()->supports(target); });
}

TEST_F(TensorRt, WithoutACardSaysSo) {
  driver.reason = "there is no NVIDIA driver";
  driver.advice = "install it";
  const Capabilities answer = backend()->describe();
  EXPECT_THAT(answer.reason, HasSubstr("TensorRT: there is no NVIDIA driver: install it\n"));
  EXPECT_EQ(answer.runtime.name, "TensorRT");
  EXPECT_EQ(answer.runtime.version, "11.1.0.106");
}

TEST_F(TensorRt, OffersItsCards) {
  add_card(9, 0);
  add_card(7, 5);
  const Capabilities answer = backend()->describe();
  EXPECT_EQ(answer.reason, "");
  ASSERT_EQ(answer.devices.size(), 2U);
  EXPECT_EQ(answer.devices[0].id, "cuda:0");
  EXPECT_THAT(answer.devices[0].precisions, ElementsAre("fp32", "fp16", "bf16", "int8"));
  EXPECT_THAT(answer.devices[1].precisions, ElementsAre("fp32", "fp16", "int8"));
}

TEST_F(TensorRt, OnACardThatItRefusesIsTheProviders) {
  version = {1, 7, 1, 116};
  add_card(9, 0);
  EXPECT_THAT(backend()->describe().reason,
              HasSubstr("TensorRT: TensorRT for RTX 1.7 does not run on card (compute capability 9.0): it "
                        "takes 8.0, 8.6, 8.9 and 12.x"));
  fallback.refusal.reset();
  const Capabilities answer = backend()->describe();
  ASSERT_EQ(answer.devices.size(), 1U);
  EXPECT_THAT(answer.reason, HasSubstr("does not run on card"));

  const auto built = backend();
  build(*built);
  ASSERT_EQ(fallback.built.size(), 1U);
  const Target& asked = fallback.built[0];
  EXPECT_EQ(asked.backend, "onnxruntime");
  EXPECT_THAT(asked.options, AllOf(Contains(Pair("ort.ep", "TensorrtExecutionProvider")),
                                   Contains(Pair("ort.ep_option.trt_profile_min_shapes",
                                                 "input_ids:2x7,attention_mask:2x7,token_type_ids:2x7"))));
  const NamedTensors outputs = run_pass(*built, 0, bert.axes, bert.inputs(1));
  EXPECT_THAT(outputs, ::testing::SizeIs(bert.graph().outputs.size()));
  const EngineReport report = report_of(*built);
  EXPECT_EQ(report.details["way"], "onnxruntime");
  EXPECT_THAT(report.details["native_problem"].get<std::string>(), HasSubstr("does not run on card"));
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_EQ(report.warnings[0].kind, "tensorrt_by_provider");
}

TEST_F(TensorRt, ThatCannotBuildHasBothReasonsToo) {
  native_refusal = "no library";
  fallback.refusal.reset();
  fallback.failure = "no nvinfer";
  expect_error(ErrorKind::Environment, "TensorRT: no library; ONNX Runtime's provider: no nvinfer",
               [&] { build(*backend()); });
}

TEST_F(TensorRt, ChecksTheProfileBeforeAnythingIsBuilt) {
  native_refusal = "not asked";
  target.options["trt.max_batch"] = "1";
  expect_error(ErrorKind::Usage, "batch size 2 is measured, and --trt-max-batch is 1",
               [&] { build(*backend()); });
  target.options = {{"trt.min_seq", "8"}, {"trt.max_seq", "4"}};
  expect_error(ErrorKind::Usage, "--trt-min-seq 8 is greater than --trt-max-seq 4",
               [&] { build(*backend()); });
  EXPECT_THAT(fallback.built, IsEmpty());
}

TEST_F(TensorRt, RefusesWhatItNeverRuns) {
  target.device = "cpu";
  EXPECT_THAT(backend()->supports(target).value_or(""), HasSubstr("runs on cuda, not on cpu"));
  target.device = "cuda";
  target.precision = "int8";
  EXPECT_THAT(backend()->supports(target).value_or(""), HasSubstr("take --int8 static"));
}

TEST_F(TensorRt, GoesOneWayWhereThatIsAskedFor) {
  fallback.refusal.reset();
  native_refusal = "no library";
  target.options["trt.way"] = "native";
  expect_error(ErrorKind::Environment, "TensorRT: no library; ONNX Runtime's provider: trt.way=native",
               [&] { (void)backend()->supports(target); });
  target.options["trt.way"] = "onnxruntime";
  add_card(9, 0);
  const auto built = backend();
  build(*built);
  (void)run_pass(*built, 0, bert.axes, bert.inputs(1));
  EXPECT_THAT(report_of(*built).warnings, IsEmpty());
}

TEST(TensorRtFallback, HandsOnEverything) {
  const ScopedEnvironment plugin("MEDBENCH_ORT_EP_LIBRARY", "/ep.so");
  Target target;
  target.precision = "fp16";
  trt::Options options;
  options.cache_folder = "/cache";
  options.of_others = {{"ort.library", "/ort.so"}};
  Target asked = trt::fallback_target(target, options);
  trt::add_engine_options(asked, options, testing::tiny_berts().front().graph(),
                          {.least = batch_seq(1, 4), .usual = batch_seq(2, 7), .most = batch_seq(8, 9)});
  EXPECT_EQ(asked.precision, "fp16");
  EXPECT_THAT(asked.options,
              AllOf(Contains(Pair("ort.library", "/ort.so")), Contains(Pair("ort.ep_library", "/ep.so")),
                    Contains(Pair("ort.ep", "NvTensorRTRTXExecutionProvider")),
                    Contains(Pair("ort.form", "tensorrt")),
                    Contains(Pair("ort.ep_option.nv_profile_max_shapes",
                                  "input_ids:8x9,attention_mask:8x9,token_type_ids:8x9")),
                    Contains(Pair("ort.ep_option.nv_runtime_cache_path", "/cache"))));
  options.cache = false;
  const ScopedEnvironment none("MEDBENCH_ORT_EP_LIBRARY", std::nullopt);
  asked = trt::fallback_target(target, options);
  trt::add_engine_options(asked, options, testing::tiny_berts().front().graph(),
                          {.least = batch_seq(2, 7), .usual = batch_seq(2, 7), .most = batch_seq(2, 7)});
  EXPECT_THAT(asked.options, Contains(Pair("ort.ep", "TensorrtExecutionProvider")));
  EXPECT_FALSE(asked.options.contains("ort.ep_option.trt_engine_cache_enable"));
}

}  // namespace
}  // namespace medbench
