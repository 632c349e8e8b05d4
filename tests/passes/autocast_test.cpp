#include "passes/autocast.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/verifier.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::passes {
namespace {

using ir::GraphBuilder;
using ir::ValueId;

class AutocastTest : public ::testing::Test {
 protected:
  // Every node's operation and the type of its result, in order: "Convolution F16".
  std::vector<std::string> types(ValueId output, AutocastLists lists, DType dtype = DType::F16) {
    builder.output("y", output);
    const ir::Graph graph = builder.build();
    const ir::Graph cast = autocast(graph, dtype, lists);
    EXPECT_NO_THROW(ir::verify(cast));
    EXPECT_EQ(cast.value(cast.outputs.front().value).dtype, DType::F32);
    expect_same_meaning(graph, cast);
    std::vector<std::string> texts;
    for (const ir::Node& node : cast.nodes) {
      texts.push_back(std::string(ir::name_of(node.op)) + " " +
                      std::string(to_string(cast.value(node.output).dtype)));
    }
    return texts;
  }

  static void expect_same_meaning(const ir::Graph& graph, const ir::Graph& cast) {
    testing::MemoryParameters parameters{testing::random_parameters(graph, 1)};
    NamedTensors inputs;
    for (const ValueId id : graph.inputs())
      inputs[graph.value(id).name] = testing::random_floats(ir::bind(graph.value(id).shape, kOne), id);
    testing::expect_close(ir::interpret(cast, parameters, kOne, inputs),
                          ir::interpret(graph, parameters, kOne, inputs), {0.1, 0.05});
  }

  ValueId convolution(ValueId from, const std::string& name) {
    return builder.convolution(from, builder.parameter(name + ".weight", {2, 2, 1, 1}),
                               builder.parameter(name + ".bias", {2}));
  }
  ValueId volume_convolution(ValueId from) {
    return builder.convolution(from, builder.parameter("weight", {2, 2, 1, 1, 1}), std::nullopt);
  }
  ValueId volume() { return builder.input("v", DType::F32, {ir::kBatch, 2, 4, 4, 4}); }
  ValueId parameter(const std::string& name) { return builder.parameter(name, {2}); }

  static constexpr Axes kOne{{Axis::Batch, 1}};
  using Texts = std::vector<std::string>;
  GraphBuilder builder{"g"};
  ValueId x = builder.input("x", DType::F32, {ir::kBatch, 2, 4, 4});
};

TEST_F(AutocastTest, ConvolutionsAreLowerAndWhatFollowsHasTheirType) {
  const ValueId pooled = builder.pool(builder.silu(convolution(x, "a")), {.kernel = {2, 2}});
  EXPECT_EQ(types(builder.adaptive_average_pool(pooled, {1, 1}), AutocastLists::Cuda),
            (Texts{"Cast F16", "Cast F16", "Cast F16", "Convolution F16", "Activate F16", "Pool F16",
                   "AdaptiveAveragePool F16", "Cast F32"}));
}

TEST_F(AutocastTest, NormsOfImagesKeepTheirParameters) {
  const ValueId y = builder.batch_norm(convolution(x, "a"), parameter("s.weight"), parameter("s.bias"),
                                       parameter("s.running_mean"), parameter("s.running_var"), 1e-5);
  const ValueId z = builder.instance_norm(y, parameter("i.weight"), parameter("i.bias"), 1e-5);
  EXPECT_EQ(types(z, AutocastLists::Cuda), (Texts{"Cast F16", "Cast F16", "Cast F16", "Convolution F16",
                                                  "BatchNorm F16", "InstanceNorm F16", "Cast F32"}));
}

TEST_F(AutocastTest, AParameterIsCastOnceForAllReaders) {
  const ValueId weight = builder.parameter("weight", {2, 2, 1, 1});
  const ValueId y = builder.convolution(builder.convolution(x, weight, std::nullopt), weight, std::nullopt);
  EXPECT_EQ(types(y, AutocastLists::Cuda, DType::BF16),
            (Texts{"Cast BF16", "Cast BF16", "Convolution BF16", "Convolution BF16", "Cast F32"}));
}

TEST_F(AutocastTest, SumsAndConcatenationsTakeTheWidestType) {
  const ValueId low = convolution(x, "a");
  const ValueId both = builder.concatenate({low, low}, 1);
  const ValueId mixed = builder.concatenate({builder.add(low, x), low}, 1);
  EXPECT_EQ(types(builder.add(both, mixed), AutocastLists::Cuda),
            (Texts{"Cast F16", "Cast F16", "Cast F16", "Convolution F16", "Concatenate F16", "Cast F32",
                   "Add F32", "Cast F32", "Concatenate F32", "Cast F32", "Add F32"}));
}

TEST_F(AutocastTest, UpsamplingIsFp32OnCudaAlone) {
  const ValueId y = builder.upsample(convolution(x, "a"), ir::Interpolation::Linear, {2, 2});
  const ir::Graph graph = [&] {
    builder.output("y", y);
    return builder.build();
  }();
  const auto last_but_one = [&](AutocastLists lists) {
    const ir::Graph cast = autocast(graph, DType::BF16, lists);
    for (const ir::Node& node : cast.nodes)
      if (std::holds_alternative<ir::Upsample>(node.op)) return cast.value(node.output).dtype;
    return DType::I64;
  };
  EXPECT_EQ(last_but_one(AutocastLists::Cuda), DType::F32);
  EXPECT_EQ(last_but_one(AutocastLists::Cpu), DType::BF16);
}

TEST_F(AutocastTest, PoolingOfVolumesIsFp32OnTheCpu) {
  const ValueId y = builder.pool(volume_convolution(volume()), {.kernel = {2, 2, 2}});
  EXPECT_EQ(types(builder.global_average_pool(y), AutocastLists::Cpu, DType::BF16),
            (Texts{"Cast BF16", "Cast BF16", "Convolution BF16", "Cast F32", "Pool F32",
                   "AdaptiveAveragePool F32"}));
}

TEST_F(AutocastTest, PoolingOfVolumesFollowsItsXOnCuda) {
  const ValueId y = builder.pool(volume_convolution(volume()), {.kernel = {2, 2, 2}});
  EXPECT_EQ(types(y, AutocastLists::Cuda),
            (Texts{"Cast F16", "Cast F16", "Convolution F16", "Pool F16", "Cast F32"}));
}

TEST_F(AutocastTest, LayersOfTexts) {
  const ValueId rows = builder.input("rows", DType::F32, {ir::kBatch, 2});
  const ValueId y = builder.linear(rows, builder.parameter("w", {2, 2}), parameter("b"));
  const ValueId norm = builder.layer_norm(y, parameter("n.weight"), parameter("n.bias"), 1e-5);
  EXPECT_EQ(
      types(builder.softmax(norm), AutocastLists::Cuda),
      (Texts{"Cast F16", "Cast F16", "Cast F16", "Linear F16", "Cast F32", "LayerNorm F32", "Softmax F32"}));
}

TEST_F(AutocastTest, LayersOfTextsOnTheCpuFollowTheirX) {
  const ValueId rows = builder.input("rows", DType::F32, {ir::kBatch, 2});
  const ValueId y = builder.linear(rows, builder.parameter("w", {2, 2}), parameter("b"));
  const ValueId norm = builder.layer_norm(y, parameter("n.weight"), parameter("n.bias"), 1e-5);
  EXPECT_EQ(types(builder.softmax(norm), AutocastLists::Cpu, DType::BF16),
            (Texts{"Cast BF16", "Cast BF16", "Cast BF16", "Linear BF16", "LayerNorm BF16", "Softmax BF16",
                   "Cast F32"}));
}

TEST_F(AutocastTest, CastsOfTheGraphStay) {
  const ValueId low = builder.silu(builder.cast(x, DType::BF16));
  const ValueId back = builder.cast(low, DType::F32);
  EXPECT_EQ(types(builder.add(back, convolution(x, "a")), AutocastLists::Cuda),
            (Texts{"Cast BF16", "Activate BF16", "Cast F32", "Cast F16", "Cast F16", "Cast F16",
                   "Convolution F16", "Cast F32", "Add F32"}));
}

TEST_F(AutocastTest, RefusesOtherTypes) {
  builder.output("y", convolution(x, "a"));
  const ir::Graph graph = builder.build();
  testing::expect_error(ErrorKind::Internal, "autocast to F32",
                        [&] { autocast(graph, DType::F32, AutocastLists::Cuda); });
}

}  // namespace
}  // namespace medbench::passes
