#include "passes/quantize_images.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/verifier.hpp"
#include "passes/precision.hpp"
#include "passes/quantize.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::passes {
namespace {

using ir::GraphBuilder;
using ir::ValueId;
using ::testing::ElementsAre;

constexpr Axes kTwo{{Axis::Batch, 2}};

ValueId convolved(GraphBuilder& graph, ValueId x, const std::string& name) {
  return graph.convolution(x, graph.parameter(name + ".weight", {4, 4, 3, 3}),
                           graph.parameter(name + ".bias", {4}), {.padding = {1, 1}}, name);
}

// As a stage of ResNet is: a stem with a maximum, a block with its residual.
ir::Graph block() {
  GraphBuilder graph("block");
  const ValueId x = graph.input("x", DType::F32, {ir::kBatch, 4, 12, 12});
  const ValueId stem = graph.activate(convolved(graph, x, "stem"), ir::Activation::Relu, "stem.relu");
  const ValueId pooled = graph.pool(stem, {.kernel = {2, 2}}, "pooled");
  const ValueId a = graph.activate(convolved(graph, pooled, "a"), ir::Activation::Relu, "a.relu");
  const ValueId sum = graph.add(convolved(graph, a, "b"), pooled, "sum");
  const ValueId y = graph.activate(sum, ir::Activation::Relu, "y");
  graph.output("out", convolved(graph, y, "last"));
  return graph.build();
}

std::vector<std::string> names(const ir::Graph& graph, const std::set<ValueId>& values) {
  std::vector<std::string> found;
  for (const ValueId id : values) found.push_back(graph.value(id).name);
  std::ranges::sort(found);
  return found;
}

NamedTensors images(const ir::Graph& graph) {
  NamedTensors inputs;
  for (const ValueId id : graph.inputs())
    inputs[graph.value(id).name] = testing::random_floats(ir::bind(graph.value(id).shape, kTwo), 5);
  return inputs;
}

ir::Ranges calibrated(const ir::Graph& graph, ir::ParameterSource& weights) {
  ir::Ranges ranges;
  const auto widen = [&](const NamedTensors& values) {
    for (const auto& [name, tensor] : values) {
      for (const float value : tensor.f32()) {
        ranges[name].min = std::min(ranges[name].min, double{value});
        ranges[name].max = std::max(ranges[name].max, double{value});
      }
    }
  };
  const NamedTensors inputs = images(graph);
  widen(inputs);
  widen(ir::interpret(observe_rounded_values(graph), weights, kTwo, inputs));
  return ranges;
}

TEST(ValuesToRound, AreBeforeMaximaAndAsManyAsTheRuntimeNeeds) {
  const ir::Graph graph = block();
  EXPECT_THAT(names(graph, values_to_round(graph, {})), ElementsAre("a.relu", "stem.relu", "x", "y"));
  EXPECT_THAT(names(graph, values_to_round(graph, {.results = RoundedResults::Addends})),
              ElementsAre("a.relu", "stem.relu", "x", "y"))
      << "what is added is rounded before its maximum";
  EXPECT_THAT(names(graph, values_to_round(graph, {.results = RoundedResults::All})),
              ElementsAre("a.relu", "b", "stem.relu", "x", "y"));
}

TEST(ValuesToRound, AddendsAreThoseOfSumsThatAreRounded) {
  GraphBuilder builder("branches");
  const ValueId x = builder.input("x", DType::F32, {ir::kBatch, 4, 6, 6});
  const ValueId sum = builder.add(convolved(builder, x, "a"), convolved(builder, x, "b"), "sum");
  const ValueId last = builder.add(convolved(builder, sum, "c"), x, "last");
  builder.output("y", builder.silu(last));
  const ir::Graph graph = builder.build();
  EXPECT_THAT(names(graph, values_to_round(graph, {.results = RoundedResults::Addends})),
              ElementsAre("b", "sum", "x"));
}

TEST(QuantizeConvolutions, TakesOverReluAndStaysClose) {
  const ir::Graph graph = block();
  testing::MemoryParameters weights{testing::random_parameters(graph, 3)};
  const ir::Ranges ranges = calibrated(graph, weights);
  const auto expected = ir::interpret(graph, weights, kTwo, images(graph));
  for (const auto results : {RoundedResults::None, RoundedResults::Addends, RoundedResults::All}) {
    const ir::Graph quantized = quantize_convolutions(graph, {.results = results}, ranges);
    ASSERT_NO_THROW(ir::verify(quantized));
    EXPECT_EQ(precision_of(quantized), "int8");
    EXPECT_TRUE(std::ranges::none_of(quantized.nodes, [](const ir::Node& node) {
      return std::holds_alternative<ir::Activate>(node.op) ||
             std::holds_alternative<ir::Convolution>(node.op);
    }));
    const auto actual = ir::interpret(quantized, weights, kTwo, images(graph));
    double square = 0;
    double error = 0;
    for (std::size_t i = 0; i < actual.at("out").f32().size(); ++i) {
      const double value = double{expected.at("out").f32()[i]};
      square += value * value;
      error += (double{actual.at("out").f32()[i]} - value) * (double{actual.at("out").f32()[i]} - value);
    }
    EXPECT_LT(error / square, 0.001);
    EXPECT_GT(error, 0) << "nothing was rounded";
  }
}

TEST(QuantizeConvolutions, KeepsOutputsAsTheyAre) {
  GraphBuilder builder("outputs");
  const ValueId x = builder.input("x", DType::F32, {ir::kBatch, 4, 6, 6});
  const ValueId relu = builder.activate(x, ir::Activation::Relu, "relu");
  builder.output("relu", relu);
  builder.output("y", convolved(builder, relu, "a"));
  const ir::Graph graph = builder.build();
  testing::MemoryParameters weights{testing::random_parameters(graph, 3)};
  const ir::Graph quantized = quantize_convolutions(graph, {}, {{"relu", {0, 1}}});
  const auto expected = ir::interpret(graph, weights, kTwo, images(graph));
  const auto actual = ir::interpret(quantized, weights, kTwo, images(graph));
  EXPECT_TRUE(std::ranges::equal(actual.at("relu").f32(), expected.at("relu").f32()));
}

TEST(QuantizeConvolutions, NeedsRanges) {
  testing::expect_error(ErrorKind::Internal, "calibration gave no range for 'x'",
                        [] { static_cast<void>(quantize_convolutions(block(), {}, {})); });
}

TEST(Quantize, LeavesConvolutionsWhereRangesAreNotStatic) {
  const ir::Graph quantized = quantize(block(), {.convolutions = true});
  EXPECT_EQ(precision_of(quantized), "fp32");
}

}  // namespace
}  // namespace medbench::passes
