#include "backend/tensorrt/engine_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/tensorrt/model_files.hpp"
#include "base/file.hpp"
#include "tests/backend/tensorrt/fake_native.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::trt {
namespace {

namespace fs = std::filesystem;
using testing::batch_seq;
using ::testing::ElementsAre;
using testing::FakeEngine;
using testing::FakeNative;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MemoryParameters;
using testing::TemporaryFolder;

OptimizationProfile fixed(const Axes& axes) {
  return {.least = axes, .usual = axes, .most = axes};
}

class EngineSource : public ::testing::Test {
 protected:
  EngineSource() { options.cache_folder = root.path() / "cache"; }

  MadeEngine make(std::uint64_t seed = 1) {
    MemoryParameters weights(testing::random_parameters(graph, seed));
    const ir::Graph lowered = lower_graph(graph, precision, profile, {});
    const EngineRequest request{.lowered = lowered,
                                .weights = weights,
                                .precision = precision,
                                .profile = profile,
                                .options = options,
                                .card = &card,
                                .driver = 13'000};
    return make_engine(native, request, [this](std::span<const std::byte> engine) {
      ++loads;
      if (refuses_next) {
        refuses_next = false;
        throw runtime_failure("made by another version");
      }
      return native.load(engine);
    });
  }
  [[nodiscard]] std::vector<fs::path> engines() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(options.cache_folder)) {
      if (entry.path().extension() == ".trt") found.push_back(entry.path());
    }
    return found;
  }

  TemporaryFolder root;
  Options options;
  FakeNative native{{11, 1, 0, 106}};
  device::CudaDevice card{.name = "a card", .pci_bus_id = {}, .memory_mb = 0, .compute_major = 9};
  ir::Graph graph = testing::tiny_berts().front().graph();
  std::string precision = "fp32";
  OptimizationProfile profile = fixed(batch_seq(2, 7));
  int loads = 0;
  bool refuses_next = false;
};

TEST_F(EngineSource, BuildsOnceAndThenReads) {
  const MadeEngine first = make();
  EXPECT_EQ(first.details["cache"], "miss");
  EXPECT_THAT(first.details["warnings"], ElementsAre("a warning of the builder"));
  EXPECT_TRUE(first.details.contains("build_ms") && first.details.contains("deserialize_ms"));
  const MadeEngine second = make();
  EXPECT_EQ(second.details["cache"], "hit");
  EXPECT_FALSE(second.details.contains("build_ms"));
  EXPECT_THAT(engines(), ElementsAre(fs::path(second.details["file"].get<std::string>())));
  EXPECT_EQ(first.inputs, second.inputs);
  EXPECT_NE(second.engine, nullptr);
  EXPECT_EQ(native.timing_caches.size(), 1U);
}

TEST_F(EngineSource, BuildsAnewForWhatAnEngineDependsOn) {
  (void)make();
  EXPECT_EQ(make(2).details["cache"], "miss") << "other weights";
  precision = "fp16";
  EXPECT_EQ(make().details["cache"], "miss");
  profile.most.set(Axis::Batch, 4);
  EXPECT_EQ(make().details["cache"], "miss");
  card.compute_minor = 1;
  EXPECT_EQ(make().details["cache"], "miss");
  EXPECT_EQ(make().details["cache"], "hit");
  EXPECT_EQ(engines().size(), 5U);
}

TEST_F(EngineSource, HandsOnTheTimesOfKernels) {
  (void)make();
  (void)make(2);
  EXPECT_THAT(native.timing_caches, ElementsAre(0, 16));
}

TEST_F(EngineSource, RemovesWhatTheLibraryRefuses) {
  (void)make();
  refuses_next = true;
  const MadeEngine anew = make();
  EXPECT_EQ(anew.details["cache"], "miss");
  EXPECT_THAT(anew.notes,
              ElementsAre(HasSubstr("was removed and the engine is built anew: made by another")));
  EXPECT_EQ(loads, 3);
  EXPECT_EQ(make().details["cache"], "hit");
}

TEST_F(EngineSource, TouchesNothingWithoutACache) {
  options.cache = false;
  EXPECT_EQ(make().details["cache"], "off");
  EXPECT_EQ(make().details["cache"], "off");
  EXPECT_TRUE(fs::is_empty(root.path()));
  EXPECT_EQ(native.timing_caches.size(), 2U);
}

TEST_F(EngineSource, TellsTheSizesOfOpenInputs) {
  profile = {.least = batch_seq(1, 4), .usual = batch_seq(2, 7), .most = batch_seq(2, 9)};
  (void)make();
  ASSERT_EQ(native.inputs.size(), 3U);
  EXPECT_EQ(native.inputs[0].name, "input_ids");
  EXPECT_THAT(native.inputs[0].least, ElementsAre(1, 4));
  EXPECT_THAT(native.inputs[0].usual, ElementsAre(2, 7));
  EXPECT_THAT(native.inputs[0].most, ElementsAre(2, 9));
}

TEST_F(EngineSource, HandsOnWhatTheBuilderRefuses) {
  native.refusal = "no such layer";
  testing::expect_error(ErrorKind::Unsupported, "no such layer", [&] { (void)make(); });
  EXPECT_FALSE(fs::exists(options.cache_folder));
}

TEST(ModelFiles, AreTheModelAndItsWeights) {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes(3, std::byte{7});
  lower::OnnxModel model;
  model.proto = "a model";
  model.initializers.push_back({.name = "w",
                                .dtype = DType::U8,
                                .shape = {3},
                                .data = {{DType::U8, {3}, bytes}, nullptr},
                                .offset = 4});
  model.weights_bytes = 7;
  const fs::path path = write_model_files(model, folder.path());
  EXPECT_EQ(read_text_file(path), "a model");
  EXPECT_EQ(read_text_file(folder.path() / "weights.bin"), std::string("\0\0\0\0\7\7\7", 7));
  const std::string hash = hash_of(model);
  const std::vector<std::byte> others(3, std::byte{8});
  model.initializers[0].data.view.data = others;
  EXPECT_NE(hash_of(model), hash);
}

}  // namespace
}  // namespace medbench::trt
