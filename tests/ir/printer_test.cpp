#include "ir/printer.hpp"

#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/image_graph.hpp"

namespace medbench::ir {
namespace {

TEST(Printer, EveryOperation) {
  GraphBuilder graph("every_operation");
  const ValueId ids = graph.input("ids", DType::I64, {kBatch, kSeq});
  const ValueId table = graph.parameter("table", {10, 4});
  const ValueId weight = graph.parameter("weight", {4, 4}, DType::F32, {"top", "bottom"});
  const ValueId bias = graph.parameter("bias", {4});
  const ValueId words = graph.embedding(ids, table, "words");
  const ValueId dense = graph.linear(words, weight, bias, "dense");
  const ValueId gelu = graph.fused_linear(dense, weight, bias, Activation::GeluErf, std::nullopt, "gelu");
  const ValueId both = graph.fused_linear(gelu, weight, bias, Activation::GeluTanh, dense, "both");
  const ValueId sum = graph.fused_linear(both, weight, bias, Activation::None, dense, "sum");
  const ValueId rounded = graph.quantized_linear(sum, weight, bias, {}, std::nullopt, "rounded");
  const QuantizedLinear four_bits{
      .activation = Activation::Relu, .input = ActivationQuantization::None, .weight_max = 7};
  const ValueId small = graph.quantized_linear(rounded, weight, bias, four_bits, sum, "small");
  const QuantizedLinear calibrated{.input = ActivationQuantization::Static,
                                   .weight_max = 63,
                                   .activation_max = 127,
                                   .input_min = -0.5,
                                   .input_max = 3};
  const ValueId fixed = graph.quantized_linear(small, weight, bias, calibrated, std::nullopt, "fixed");
  const QuantizedLinear grouped{.activation_max = 180, .group = 64, .int16_sums = true};
  const ValueId groups = graph.quantized_linear(fixed, weight, bias, grouped, std::nullopt, "groups");
  const ValueId norm = graph.layer_norm(groups, bias, bias, 1e-12, "norm");
  const ValueId relu = graph.activate(norm, Activation::Relu, "relu");
  const ValueId attended = graph.attention(relu, relu, relu, ids, 2, "attended");
  const ValueId added = graph.add(attended, graph.silu(bias), "added");
  const ValueId flat = graph.reshape(graph.softmax(added), {kBatch * kSeq, 4}, "flat");
  const ValueId leaky = graph.leaky_relu(flat, 0.25, "leaky");
  const ValueId top = graph.slice(graph.transpose(leaky, {1, 0}, "turned"), 0, 1, 2, "top");
  graph.output("y", graph.cast(top, DType::BF16, "low"));
  graph.output("ids", ids);
  testing::expect_golden("ir_every_operation.txt", to_string(graph.build()));
}

TEST(Printer, Images) {
  testing::expect_golden("ir_images.txt", to_string(testing::every_image_operation()));
}

TEST(Printer, Fp8) {
  GraphBuilder graph("fp8");
  const ValueId x = graph.input("x", DType::F32, {2, 3});
  graph.output("y", graph.apply(RoundToFp8{}, {graph.apply(RoundToFp8{0.5}, {x}, "whole")}, "rows"));
  EXPECT_EQ(to_string(graph.build()),
            "graph fp8\n  %x: F32[2, 3] = Input\n  %whole: F32[2, 3] = RoundToFp8(%x) {scale=0.5}\n"
            "  %rows: F32[2, 3] = RoundToFp8(%whole) {scale=rows}\n  output y = %rows\n");
}

TEST(Printer, TextsWithoutPadding) {
  GraphBuilder graph("texts");
  const ValueId x = graph.input("x", DType::F32, {kTokens, 4});
  const ValueId offsets = graph.input("offsets", DType::I64, {kBatch + 1});
  graph.output("y", graph.packed_attention(x, x, x, offsets, 2, "within"));
  EXPECT_EQ(to_string(graph.build()),
            "graph texts\n  %x: F32[tokens, 4] = Input\n  %offsets: I64[batch+1] = Input\n"
            "  %within: F32[tokens, 4] = PackedAttention(%x, %x, %x, %offsets) {heads=2}\n"
            "  output y = %within\n");
}

TEST(Printer, TokensAndSums) {
  GraphBuilder graph("packed");
  const ValueId x = graph.input("x", DType::F32, {kTokens, 4});
  const ValueId ends = graph.input("ends", DType::I64, {kBatch + 1});
  graph.output("x", x);
  graph.output("y", graph.slice(ends, 0, 1, kBatch, "y"));
  EXPECT_EQ(to_string(graph.build()),
            "graph packed\n  %x: F32[tokens, 4] = Input\n  %ends: I64[batch+1] = Input\n"
            "  %y: I64[batch] = Slice(%ends) {axis=0, start=1, length=batch}\n"
            "  output x = %x\n  output y = %y\n");
}

TEST(Printer, SurvivesABrokenGraph) {
  Graph graph;
  graph.name = "broken";
  graph.nodes.push_back({"n", Softmax{}, {7}, 9});
  graph.outputs.push_back({"y", 3});
  EXPECT_EQ(to_string(graph),
            "graph broken\n  %<no value 9> = Softmax(%<no value 7>)\n  output y = %<no value 3>\n");
}

}  // namespace
}  // namespace medbench::ir
