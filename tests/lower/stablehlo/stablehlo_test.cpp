#include "lower/stablehlo/stablehlo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "ir/builder.hpp"
#include "lower/stablehlo/writer.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"

namespace medbench::lower {
namespace {

using ir::GraphBuilder;
using ir::kBatch;
using ir::kSeq;
using ir::ValueId;
using ::testing::HasSubstr;

ir::Graph linear_graph(DType dtype) {
  GraphBuilder graph("linear");
  const ValueId x = graph.input("x", dtype, {kBatch, kSeq, 4});
  graph.output(
      "y", graph.linear(x, graph.parameter("weight", {3, 4}, dtype), graph.parameter("bias", {3}, dtype)));
  return graph.build();
}

TEST(StableHlo, BindsTheSymbols) {
  const StableHloModule module = to_stablehlo(linear_graph(DType::F32), testing::batch_seq(2, 5));
  EXPECT_THAT(module.text, HasSubstr("@main(%arg0: tensor<2x5x4xf32>"));
  EXPECT_EQ(module.output_shapes, (std::vector<Sizes>{{2, 5, 3}}));
  EXPECT_THAT(to_stablehlo(linear_graph(DType::F32), testing::batch_seq(1, 7)).text,
              HasSubstr("tensor<1x7x3xf32>"));
}

TEST(StableHlo, TakesInputsFirstThenParameters) {
  const StableHloModule module = to_stablehlo(linear_graph(DType::F32), testing::batch_seq(2, 5));
  ASSERT_EQ(module.arguments.size(), 3U);
  EXPECT_EQ(module.arguments[0].content, Content::Input);
  EXPECT_EQ(module.arguments[1].content, Content::Parameter);
  EXPECT_EQ(module.arguments[1].shape, (Sizes{3, 4}));
  EXPECT_EQ(module.arguments[2].shape, (Sizes{3}));
}

// Without it a TPU rounds the operands to bf16 and a GPU to TF32.
TEST(StableHlo, AsksForFullPrecisionInFp32Alone) {
  EXPECT_THAT(to_stablehlo(linear_graph(DType::F32), testing::batch_seq(1, 1)).text,
              HasSubstr("precision = [HIGHEST, HIGHEST]"));
  EXPECT_THAT(to_stablehlo(linear_graph(DType::BF16), testing::batch_seq(1, 1)).text,
              HasSubstr("precision = [DEFAULT, DEFAULT]"));
}

TEST(StableHlo, GivesOutputsInFp32) {
  const std::string text = to_stablehlo(linear_graph(DType::F16), testing::batch_seq(1, 1)).text;
  EXPECT_THAT(text, HasSubstr("-> (tensor<1x1x3xf32>)"));
  EXPECT_THAT(text, HasSubstr("(tensor<1x1x4xf16>, tensor<3x4xf16>) -> tensor<1x1x3xf16>"));
}

TEST(StableHlo, RoundedWeightsAreThreeArgumentsMadeOnce) {
  GraphBuilder graph("quantized");
  const ValueId weight = graph.parameter("weight", {4, 4});
  const ValueId bias = graph.parameter("bias", {4});
  const ValueId first = graph.quantized_linear(graph.input("x", DType::F32, {kBatch, 4}), weight, bias, {});
  graph.output("y", graph.quantized_linear(first, weight, bias, {}));
  const StableHloModule module = to_stablehlo(graph.build(), testing::batch_seq(2, 1));
  std::vector<Content> contents;
  for (const Argument& argument : module.arguments) contents.push_back(argument.content);
  EXPECT_EQ(contents, (std::vector<Content>{Content::Input, Content::WeightInts, Content::WeightScales,
                                            Content::WeightSums, Content::Parameter}));
  EXPECT_EQ(module.arguments[1].dtype, DType::I8);
  EXPECT_THAT(module.text, HasSubstr("(tensor<2x4xi8>, tensor<4x4xi8>) -> tensor<2x4xi32>"));
}

TEST(StableHlo, RefusesToRoundAWeightThatIsComputed) {
  GraphBuilder graph("quantized");
  const ValueId weight = graph.silu(graph.parameter("weight", {4, 4}));
  graph.output("y", graph.quantized_linear(graph.input("x", DType::F32, {kBatch, 4}), weight,
                                           graph.parameter("bias", {4}), {}));
  testing::expect_error(ErrorKind::Unsupported, "must be a parameter",
                        [graph = graph.build()] { to_stablehlo(graph, testing::batch_seq(1, 1)); });
}

TEST(StableHlo, RefusesGroupsThatDoNotDivideARow) {
  GraphBuilder graph("quantized");
  graph.output("y", graph.quantized_linear(graph.input("x", DType::F32, {kBatch, 48}),
                                           graph.parameter("weight", {4, 48}), graph.parameter("bias", {4}),
                                           {.group = 32}));
  testing::expect_error(ErrorKind::Unsupported, "take another group_size",
                        [graph = graph.build()] { to_stablehlo(graph, testing::batch_seq(1, 1)); });
}

TEST(StableHlo, TokensAndSums) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {ir::kTokens, 4});
  graph.output("x", graph.linear(x, graph.parameter("w", {3, 4}), graph.parameter("b", {3})));
  graph.output("y", graph.slice(graph.input("ends", DType::I64, {kBatch + 1}), 0, 1, kBatch));
  const StableHloModule module = to_stablehlo(graph.build(), {{Axis::Batch, 2}, {Axis::Tokens, 7}});
  EXPECT_THAT(module.text, HasSubstr("@main(%arg0: tensor<7x4xf32>, %arg1: tensor<3xi64>"));
  EXPECT_THAT(module.output_shapes,
              ::testing::ElementsAre(::testing::ElementsAre(7, 3), ::testing::ElementsAre(2)));
}

// Without it a GPU computes convolutions of fp32 in TF32.
TEST(StableHlo, AsksForFullPrecisionOfConvolutions) {
  const auto text_of = [](DType dtype) {
    GraphBuilder graph("g");
    graph.output("y", graph.convolution(graph.input("x", dtype, {kBatch, 2, 4, 4}),
                                        graph.parameter("w", {3, 2, 3, 3}, dtype), std::nullopt));
    return to_stablehlo(graph.build(), {{Axis::Batch, 1}}).text;
  };
  EXPECT_THAT(text_of(DType::F32), HasSubstr("<precision HIGHEST>, #stablehlo<precision HIGHEST>"));
  EXPECT_THAT(text_of(DType::BF16), HasSubstr("<precision DEFAULT>, #stablehlo<precision DEFAULT>"));
}

// Windows at the border hold fewer elements.
TEST(StableHlo, CountsWhatAnAverageIsOf) {
  const auto text_of = [](bool count_padding) {
    GraphBuilder graph("g");
    const ir::Pool op{
        .kind = ir::Pooling::Average, .kernel = {1, 2}, .padding = {0, 1}, .count_padding = count_padding};
    graph.output("y", graph.pool(graph.input("x", DType::F32, {kBatch, 1, 1, 2}), op));
    return to_stablehlo(graph.build(), {{Axis::Batch, 1}}).text;
  };
  EXPECT_THAT(text_of(true), HasSubstr("dense<2.00000000e+00> : tensor<1x1x1x2xf32>"));
  EXPECT_THAT(text_of(false), HasSubstr("dense<\"0x0000803F0000803F\"> : tensor<2xf32>"));  // 1 and 1
}

TEST(StableHlo, RefusesSizesThatDoNotFit) {
  GraphBuilder graph("positions");
  graph.output("y", graph.slice(graph.parameter("table", {4, 2}), 0, 0, kSeq));
  testing::expect_error(ErrorKind::Usage, "",
                        [graph = graph.build()] { to_stablehlo(graph, testing::batch_seq(1, 5)); });
}

TEST(StableHloWriter, SpellsWhatIsNotFiniteAsBits) {
  Writer writer;
  writer.constant(-std::numeric_limits<double>::infinity(), {2});
  writer.constant(0.5, {});
  const std::string text = writer.take_text();
  EXPECT_THAT(text, HasSubstr("dense<0xFF800000> : tensor<2xf32>"));
  EXPECT_THAT(text, HasSubstr("dense<5.00000000e-01> : tensor<f32>"));
}

TEST(StableHloWriter, LeavesOutWhatChangesNothing) {
  Writer writer;
  const Term x = Writer::argument(0, DType::F32, {2, 3});
  EXPECT_EQ(writer.convert(x, DType::F32).name, "%arg0");
  EXPECT_EQ(writer.reshape(x, {2, 3}).name, "%arg0");
  EXPECT_EQ(writer.take_text(), "");
}

}  // namespace
}  // namespace medbench::lower
