#include "passes/fold_batch_norm.hpp"

#include <gtest/gtest.h>
#include <memory>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/verifier.hpp"
#include "tests/support/compare.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::passes {
namespace {

using ir::GraphBuilder;
using ir::ValueId;

class FoldBatchNorm : public ::testing::Test {
 protected:
  ValueId norm(ValueId from, std::int64_t channels, const std::string& name) {
    const auto parameter = [&](const char* what) { return builder.parameter(name + what, {channels}); };
    return builder.batch_norm(from, parameter(".scale"), parameter(".shift"), parameter(".mean"),
                              parameter(".variance"), 1e-3, name);
  }

  // Folds the graph, compares what both give and returns the names of the operations that are left.
  std::vector<std::string_view> fold() {
    const ir::Graph graph = builder.build();
    const Axes axes{{Axis::Batch, 2}};
    NamedTensors inputs;
    inputs["x"] = testing::random_floats({2, 4, 5, 6}, 3);
    const NamedTensors expected = ir::interpret(graph, *parameters(graph), axes, inputs);
    const FoldedGraph folded = fold_batch_norm(graph);
    EXPECT_NO_THROW(ir::verify(folded.graph));
    ir::FoldedParameters weights(parameters(graph), folded.convolutions);
    for (const ir::ValueId id : folded.graph.parameters()) {
      for (const std::string& part : folded.graph.value(id).parts) EXPECT_TRUE(weights.contains(part));
    }
    testing::expect_close(ir::interpret(folded.graph, weights, axes, inputs), expected, {3e-6, 3e-6});
    std::vector<std::string_view> operations;
    for (const ir::Node& node : folded.graph.nodes) operations.push_back(name_of(node.op));
    return operations;
  }

  // Variances lie in [0.5, 1.5), all others around 0.
  static std::unique_ptr<testing::MemoryParameters> parameters(const ir::Graph& graph) {
    NamedTensors tensors;
    std::uint64_t seed = 20;
    for (const ir::ValueId id : graph.parameters()) {
      const ir::Value& value = graph.value(id);
      std::vector<std::int64_t> shape = ir::bind(value.shape, {});
      shape.front() /= static_cast<std::int64_t>(value.parts.size());
      for (const std::string& part : value.parts)
        tensors[part] = testing::random_floats(shape, ++seed, 0.5, part.ends_with(".variance") ? 1 : 0);
    }
    return std::make_unique<testing::MemoryParameters>(std::move(tensors));
  }

  GraphBuilder builder{"g"};
  ValueId x = builder.input("x", DType::F32, {ir::kBatch, 4, 5, 6});
};

using Names = std::vector<std::string_view>;

TEST_F(FoldBatchNorm, IntoAConvolutionWithoutBias) {
  const ValueId y = builder.convolution(x, builder.parameter("w", {6, 2, 3, 3}), std::nullopt, {.groups = 2});
  builder.output("y", norm(y, 6, "bn"));
  EXPECT_EQ(fold(), (Names{"Convolution"}));
}

TEST_F(FoldBatchNorm, IntoAConvolutionWithBiasAndParts) {
  const ValueId weight = builder.parameter("w", {6, 4, 2, 1}, DType::F32, {"top", "bottom"});
  const ValueId y = builder.convolution(x, weight, builder.parameter("b", {6}));
  builder.output("y", builder.activate(norm(y, 6, "bn"), ir::Activation::Relu));
  EXPECT_EQ(fold(), (Names{"Convolution", "Activate"}));
}

TEST_F(FoldBatchNorm, IntoATransposedConvolutionWithGroups) {
  const ValueId weight = builder.parameter("w", {4, 3, 2, 2});
  const ValueId y =
      builder.transposed_convolution(x, weight, builder.parameter("b", {6}), {.stride = {2, 2}, .groups = 2});
  builder.output("y", norm(y, 6, "bn"));
  EXPECT_EQ(fold(), (Names{"TransposedConvolution"}));
}

TEST_F(FoldBatchNorm, OfASharedWeightTwice) {
  const ValueId weight = builder.parameter("w", {4, 4, 1, 1});
  const ValueId first = norm(builder.convolution(x, weight, std::nullopt), 4, "first");
  builder.output("y", norm(builder.convolution(first, weight, std::nullopt), 4, "second"));
  EXPECT_EQ(fold(), (Names{"Convolution", "Convolution"}));
}

TEST_F(FoldBatchNorm, LeavesAConvolutionThatOthersRead) {
  const ValueId y = builder.convolution(x, builder.parameter("w", {4, 4, 1, 1}), std::nullopt);
  builder.output("y", builder.add(y, norm(y, 4, "bn")));
  EXPECT_EQ(fold(), (Names{"Convolution", "BatchNorm", "Add"}));
}

TEST_F(FoldBatchNorm, LeavesWhatHasNoConvolutionBefore) {
  const ValueId first = norm(x, 4, "first");
  const ValueId y = builder.convolution(first, builder.parameter("w", {4, 4, 1, 1}), std::nullopt);
  builder.output("y", norm(builder.activate(y, ir::Activation::Relu), 4, "second"));
  EXPECT_EQ(fold(), (Names{"BatchNorm", "Convolution", "Activate", "BatchNorm"}));
}

TEST_F(FoldBatchNorm, LeavesComputedWeights) {
  const ValueId weight = builder.silu(builder.parameter("w", {4, 4, 1, 1}));
  builder.output("y", norm(builder.convolution(x, weight, std::nullopt), 4, "bn"));
  EXPECT_EQ(fold(), (Names{"Activate", "Convolution", "BatchNorm"}));
}

}  // namespace
}  // namespace medbench::passes
