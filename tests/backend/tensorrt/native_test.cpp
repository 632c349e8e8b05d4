// TensorRT itself: what medbench writes is read and built without complaint. TensorRT for RTX builds engines
// on machines without a card, and loads them nowhere else.
#include "backend/tensorrt/native.hpp"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iostream>

#include "backend/tensorrt/engine_source.hpp"
#include "data/synthetic.hpp"
#include "models/model.hpp"
#include "models/named_models.hpp"
#include "tests/backend/tensorrt/fake_native.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::trt {
namespace {

using testing::batch_seq;
using ::testing::IsEmpty;

// Null, with the reason, where there is none.
std::unique_ptr<Native> open_or_say(std::string& reason) {
  try {
    auto native = open_native("");
    if (!native->version().is_rtx() && device::cuda_driver().devices.empty()) {
      reason = "TensorRT builds engines on a card alone, and there is none";
      return nullptr;
    }
    return native;
  } catch (const Error& error) {
    reason = error.what();
    return nullptr;
  }
}

class RealTensorRt : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    native = open_or_say(reason);
    if (!native) GTEST_SKIP() << reason;
  }

  // The details of an engine that was made and not loaded.
  Json make(const ir::Graph& graph, ir::ParameterSource& weights, const OptimizationProfile& profile,
            const std::string& precision, const ir::Ranges& ranges = {}) {
    Target target;
    target.precision = precision;
    if (precision == kInt8) target.quantization.emplace().method = QuantizationMethod::Static;
    const ir::Graph lowered = lower_graph(graph, precision, profile, target, ranges);
    const EngineRequest request{.lowered = lowered,
                                .weights = weights,
                                .precision = precision,
                                .profile = profile,
                                .options = options};
    return make_engine(*native, request,
                       [this](std::span<const std::byte> engine) {
                         engine_.assign(engine.begin(), engine.end());
                         return std::make_unique<testing::FakeEngine>();
                       })
        .details;
  }
  void expect_made(const ir::Graph& graph, const OptimizationProfile& profile, const std::string& precision) {
    SCOPED_TRACE(graph.name + " in " + precision);
    SyntheticWeights weights(graph, 1);
    const Json details = make(graph, weights, profile, precision, ranges_of(graph));
    EXPECT_THAT(details["warnings"], IsEmpty()) << dump_line(details);
    EXPECT_FALSE(engine_.empty());
  }
  static ir::Ranges ranges_of(const ir::Graph& graph) {
    ir::Ranges ranges;
    for (const ir::Value& value : graph.values) ranges[value.name] = {.min = -1, .max = 2};
    return ranges;
  }
  static OptimizationProfile fixed(const Axes& axes) { return {.least = axes, .usual = axes, .most = axes}; }

  testing::TemporaryFolder root;
  Options options{.cache = false};
  std::unique_ptr<Native> native;
  std::vector<std::byte> engine_;
};

TEST_F(RealTensorRt, ReadsEveryEncoderInEveryPrecision) {
  for (const auto& bert : testing::tiny_berts()) {
    if (bert.config.layers == 0) continue;  // its mask is not used, which is a warning
    for (const std::string_view precision : kPrecisionNames)
      expect_made(bert.graph(), fixed(bert.axes), std::string(precision));
  }
}

TEST_F(RealTensorRt, ReadsEncodersInFp8) {
  for (const auto& bert : testing::tiny_berts()) {
    if (bert.config.layers > 0) expect_made(bert.graph(), fixed(bert.axes), "fp8");
  }
}

TEST_F(RealTensorRt, ReadsEncodersWithOpenSizes) {
  const OptimizationProfile profile{
      .least = batch_seq(1, 4), .usual = batch_seq(2, 7), .most = batch_seq(4, 16)};
  for (const std::string_view precision : kPrecisionNames)
    expect_made(testing::tiny_berts().front().graph(), profile, std::string(precision));
}

TEST_F(RealTensorRt, ReadsNetworksOnImages) {
  for (const std::string_view precision : {kFp32, kFp16, kBf16}) {
    for (const char* name : {"tiny", "tiny3d"}) {
      const ModelRef reference{.name = name, .folder = {}, .weights = {}, .config = {}};
      Axes axes = usual_axes(reference);
      axes.set(Axis::Batch, 2);
      const Model model = load_model(reference, axes, 1);
      Axes batches = axes;
      batches.set(Axis::Batch, 8);
      expect_made(model.graph, fixed(axes), std::string(precision));
      expect_made(model.graph, {.least = axes, .usual = axes, .most = batches}, std::string(precision));
    }
  }
}

// As users have them, with a line for each: minutes, and gigabytes of memory.
TEST_F(RealTensorRt, ReadsAllNamedModels) {
  if (std::getenv("MEDBENCH_TRT_ALL_MODELS") == nullptr)
    GTEST_SKIP() << "takes minutes: set MEDBENCH_TRT_ALL_MODELS";
  options.cache = true;
  options.cache_folder = root.path();
  for (const NamedModel& named : model_table()) {
    const ModelRef reference{.name = std::string(named.name), .folder = {}, .weights = {}, .config = {}};
    const Axes axes = usual_axes(reference);
    const Model model = load_model(reference, axes, 1);
    const bool is_encoder = axes.has(Axis::Seq);
    for (const std::string_view precision : kPrecisionNames) {
      if (precision == kInt8 && !is_encoder) continue;
      const Json made =
          make(model.graph, *model.weights, fixed(axes), std::string(precision), ranges_of(model.graph));
      EXPECT_THAT(made["warnings"], IsEmpty()) << named.name << " in " << precision;
      const Json again =
          make(model.graph, *model.weights, fixed(axes), std::string(precision), ranges_of(model.graph));
      EXPECT_EQ(again["cache"], "hit");
      std::cout << named.name << " " << precision << ": " << dump_line(made) << "\n" << std::flush;
      std::filesystem::remove(again["file"].get<std::string>());
    }
  }
}

TEST_F(RealTensorRt, IsAskedOnce) {
  options.cache = true;
  options.cache_folder = root.path();
  const ir::Graph graph = testing::tiny_berts().front().graph();
  SyntheticWeights weights(graph, 1);
  const auto begun = std::chrono::steady_clock::now();
  const Json first = make(graph, weights, fixed(batch_seq(2, 7)), "fp32");
  const auto made = std::chrono::steady_clock::now();
  const std::vector<std::byte> built = engine_;
  const Json second = make(graph, weights, fixed(batch_seq(2, 7)), "fp32");
  const auto found = std::chrono::steady_clock::now();
  EXPECT_EQ(first["cache"], "miss");
  EXPECT_EQ(second["cache"], "hit");
  EXPECT_EQ(engine_, built);
  EXPECT_LT((found - made) * 10, made - begun);
  std::cout << "built in " << std::chrono::duration<double, std::milli>(made - begun).count()
            << " ms, found in " << std::chrono::duration<double, std::milli>(found - made).count() << " ms\n";
}

TEST_F(RealTensorRt, SaysWhyItCannotLoad) {
  const std::vector<std::byte> nonsense(1000, std::byte{7});
  testing::expect_error(ErrorKind::Runtime,
                        "the engine cannot be loaded: ", [&] { (void)native->load(nonsense); });
}

TEST(AbsentTensorRt, NamesTheVariable) {
  if (built_with()) GTEST_SKIP() << "it was built with headers";
  testing::expect_error(ErrorKind::Environment, "TENSORRT_ROOT", [] { (void)open_native(""); });
}

}  // namespace
}  // namespace medbench::trt
