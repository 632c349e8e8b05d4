#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "ir/printer.hpp"
#include "ir/verifier.hpp"
#include "passes/passes.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"

namespace medbench::passes {
namespace {

using ir::Activation;
using ir::GraphBuilder;
using ir::ValueId;

// A graph to start from: x [batch, 4], and parameters that make x -> [batch, 4].
class Fusion : public ::testing::Test {
 protected:
  ValueId linear(ValueId from, const std::string& name) {
    const ValueId weight = builder.parameter(name + ".weight", {4, 4});
    return builder.linear(from, weight, builder.parameter(name + ".bias", {4}), name);
  }

  // The nodes after the pass, one a line.
  static std::string nodes(const ir::Graph& graph) {
    ir::verify(graph);
    std::string text;
    for (const ir::Node& node : graph.nodes) {
      text += "%" + graph.value(node.output).name + " = " + to_string(graph, node) + "\n";
    }
    return text;
  }

  GraphBuilder builder{"g"};
  ValueId x = builder.input("x", DType::F32, {ir::kBatch, 4});
};

TEST_F(Fusion, LinearTakesItsActivation) {
  builder.output("y", builder.activate(linear(x, "a"), Activation::GeluErf, "act"));
  const ir::Graph fused = fuse_linear(builder.build());
  EXPECT_EQ(nodes(fused), "%act = Linear(%x, %a.weight, %a.bias) {activation=gelu}\n");
  EXPECT_EQ(fused.nodes[0].name, "a");
}

TEST_F(Fusion, LinearTakesAnAdditionFromEitherSide) {
  const ValueId left = builder.add(linear(x, "a"), x, "left");
  builder.output("y", builder.add(left, linear(left, "b"), "right"));
  EXPECT_EQ(nodes(fuse_linear(builder.build())),
            "%left = Linear(%x, %a.weight, %a.bias, %x) {residual}\n"
            "%right = Linear(%left, %b.weight, %b.bias, %left) {residual}\n");
}

TEST_F(Fusion, LinearTakesActivationThenAddition) {
  builder.output("y", builder.add(builder.activate(linear(x, "a"), Activation::Relu, "act"), x, "sum"));
  EXPECT_EQ(nodes(fuse_linear(builder.build())),
            "%sum = Linear(%x, %a.weight, %a.bias, %x) {activation=relu, residual}\n");
}

TEST_F(Fusion, AnActivationAfterTheAdditionStays) {
  builder.output("y", builder.activate(builder.add(linear(x, "a"), x, "sum"), Activation::Relu, "act"));
  EXPECT_EQ(
      nodes(fuse_linear(builder.build())),
      "%sum = Linear(%x, %a.weight, %a.bias, %x) {residual}\n%act = Activate(%sum) {activation=relu}\n");
}

TEST_F(Fusion, ASecondActivationStays) {
  const ValueId first = builder.activate(linear(x, "a"), Activation::Relu, "first");
  builder.output("y", builder.activate(first, Activation::Tanh, "second"));
  EXPECT_EQ(nodes(fuse_linear(builder.build())),
            "%first = Linear(%x, %a.weight, %a.bias) {activation=relu}\n"
            "%second = Activate(%first) {activation=tanh}\n");
}

TEST_F(Fusion, OneOfTwoLinearsTakesTheAddition) {
  const ValueId a = linear(x, "a");
  builder.output("y", builder.add(a, linear(x, "b"), "sum"));
  EXPECT_EQ(nodes(fuse_linear(builder.build())),
            "%b = Linear(%x, %b.weight, %b.bias)\n%sum = Linear(%x, %a.weight, %a.bias, %b) {residual}\n");
}

TEST_F(Fusion, ALinearWithOtherReadersStays) {
  const ValueId a = linear(x, "a");
  const ValueId b = linear(x, "b");
  const ValueId c = linear(x, "c");
  builder.output("twice", builder.add(builder.activate(a, Activation::Relu), a));
  builder.output("itself", builder.add(b, b));
  builder.output("c", c);
  builder.output("also_output", builder.activate(c, Activation::Relu));
  const ir::Graph before = builder.build();
  EXPECT_EQ(nodes(fuse_linear(before)), nodes(before));
}

TEST_F(Fusion, ABroadcastAdditionStays) {
  const ValueId row = builder.parameter("row", {4});
  builder.output("y", builder.add(linear(x, "a"), row));
  const ir::Graph before = builder.build();
  EXPECT_EQ(nodes(fuse_linear(before)), nodes(before));
}

TEST_F(Fusion, LinearsOfOneInputBecomeOne) {
  const ValueId a = linear(x, "a");
  const ValueId wide =
      builder.linear(x, builder.parameter("b.weight", {6, 4}), builder.parameter("b.bias", {6}), "b");
  builder.output("a", a);
  builder.output("b", wide);
  const ir::Graph merged = fuse_qkv(builder.build());
  EXPECT_EQ(to_string(merged),
            "graph g\n"
            "  %x: F32[batch, 4] = Input\n"
            "  %a.weight.merged: F32[10, 4] = Parameter {parts=[a.weight, b.weight]}\n"
            "  %a.bias.merged: F32[10] = Parameter {parts=[a.bias, b.bias]}\n"
            "  %a.merged: F32[batch, 10] = Linear(%x, %a.weight.merged, %a.bias.merged)\n"
            "  %a: F32[batch, 4] = Slice(%a.merged) {axis=1, start=0, length=4}\n"
            "  %b: F32[batch, 6] = Slice(%a.merged) {axis=1, start=4, length=6}\n"
            "  output a = %a\n"
            "  output b = %b\n");
  EXPECT_NO_THROW(ir::verify(merged));
}

TEST_F(Fusion, LinearsThatAreFusedOrComputedOrAloneStay) {
  builder.output("alone", linear(builder.silu(x), "alone"));
  const ValueId weight = builder.parameter("w", {4, 4});
  const ValueId bias = builder.parameter("b", {4});
  builder.output("fused", builder.fused_linear(x, weight, bias, Activation::Relu, std::nullopt, "fused"));
  builder.output("residual", builder.fused_linear(x, weight, bias, Activation::None, x, "residual"));
  builder.output("computed", builder.linear(x, builder.silu(weight), bias, "computed"));
  builder.output("plain", builder.linear(x, weight, bias, "plain"));
  const ir::Graph before = builder.build();
  EXPECT_EQ(nodes(fuse_qkv(before)), nodes(before));
}

TEST_F(Fusion, SharedParametersMergeInSeveralGroups) {
  const ValueId weight = builder.parameter("w", {4, 4});
  const ValueId bias = builder.parameter("b", {4});
  const ValueId other = builder.silu(x);
  for (const ValueId input : {x, other}) {
    const std::string prefix = input == x ? "x" : "other";
    builder.output(prefix + "1", builder.linear(input, weight, bias, prefix + "1"));
    builder.output(prefix + "2", builder.linear(input, weight, bias, prefix + "2"));
  }
  const ir::Graph merged = fuse_qkv(builder.build());
  EXPECT_NO_THROW(ir::verify(merged));
  EXPECT_EQ(merged.parameters().size(), 4U);
}

TEST_F(Fusion, DeadCodeGoesAndInputsStay) {
  const ValueId unused_input = builder.input("unused", DType::F32, {ir::kBatch, 4});
  linear(builder.silu(unused_input), "dead");
  builder.output("y", linear(x, "a"));
  const ir::Graph clean = eliminate_dead_code(builder.build());
  EXPECT_EQ(to_string(clean),
            "graph g\n"
            "  %x: F32[batch, 4] = Input\n"
            "  %unused: F32[batch, 4] = Input\n"
            "  %a.weight: F32[4, 4] = Parameter\n"
            "  %a.bias: F32[4] = Parameter\n"
            "  %a: F32[batch, 4] = Linear(%x, %a.weight, %a.bias)\n"
            "  output y = %a\n");
  EXPECT_NO_THROW(ir::verify(clean));
}

TEST_F(Fusion, OnlySymbolsThatNoInputShowsAreBound) {
  const ValueId table = builder.parameter("table", {9, 4});
  builder.output("rows", builder.slice(table, 0, 0, ir::kSeq));
  builder.output("x", x);
  const ir::Graph graph = builder.build();
  testing::expect_error(ErrorKind::Internal, "'seq' has no number", [&] {
    (void)bind_free_symbols(graph, {{Axis::Batch, 3}});
  });
  const ir::Graph bound = bind_free_symbols(graph, testing::batch_seq(3, 3));
  EXPECT_NO_THROW(ir::verify(bound));
  EXPECT_EQ(to_string(bound.value(bound.nodes.front().output).shape), "[3, 4]");
  EXPECT_EQ(to_string(bound.value(bound.inputs().front()).shape), "[batch, 4]");
}

}  // namespace
}  // namespace medbench::passes
