#include "ir/verifier.hpp"

#include <functional>
#include <gtest/gtest.h>
#include <utility>

#include "ir/builder.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

using testing::expect_error;

// Values x, weight, bias, dense, act; nodes dense, act.
Graph small_graph() {
  GraphBuilder graph("small");
  const ValueId x = graph.input("x", DType::F32, {kBatch, 4});
  const ValueId weight = graph.parameter("weight", {3, 4});
  const ValueId bias = graph.parameter("bias", {3});
  graph.output("y", graph.activate(graph.linear(x, weight, bias, "dense"), Activation::Relu, "act"));
  return graph.build();
}

void expect_broken(const std::string& message, const std::function<void(Graph&)>& damage) {
  Graph graph = small_graph();
  damage(graph);
  expect_error(ErrorKind::Internal, message, [&] { verify(graph); });
}

TEST(Verifier, AcceptsWhatTheBuilderMakes) {
  EXPECT_NO_THROW(verify(small_graph()));
}

TEST(Verifier, Names) {
  expect_broken("two values are called 'x'", [](Graph& g) { g.values[1].name = "x"; });
  expect_broken("two nodes are called 'act'", [](Graph& g) { g.nodes[0].name = "act"; });
  expect_broken("two outputs are called 'y'", [](Graph& g) { g.outputs.push_back(g.outputs[0]); });
  expect_broken("a value has no name", [](Graph& g) { g.values[0].name.clear(); });
  expect_broken("a node has no name", [](Graph& g) { g.nodes[0].name.clear(); });
}

TEST(Verifier, Values) {
  expect_broken("value 'x' cannot be U8", [](Graph& g) { g.values[0].dtype = DType::U8; });
  expect_broken("value 'x' has a dimension below 1: [batch, 0]", [](Graph& g) { g.values[0].shape[1] = 0; });
  expect_broken("value 'x' has a dimension below 1", [](Graph& g) { g.values[0].shape[0].powers[0] = -1; });
  expect_broken("value 'x' has a dimension below 1: [batch-1, 4]",
                [](Graph& g) { g.values[0].shape[0] = kBatch + -1; });
  expect_broken("parameter 'bias' must have a fixed shape, found [batch]",
                [](Graph& g) { g.values[2].shape[0] = kBatch; });
  expect_broken("value 'bias' has 0 parts", [](Graph& g) { g.values[2].parts.clear(); });
  expect_broken("value 'x' has 1 parts", [](Graph& g) { g.values[0].parts.emplace_back("x"); });
  expect_broken("value 'spare' is made by no node", [](Graph& g) {
    g.values.push_back({"spare", ValueKind::Result, DType::F32, {}, {}});
  });
}

TEST(Verifier, Nodes) {
  expect_broken("node 'dense' (Linear) takes 3 inputs, found 2",
                [](Graph& g) { g.nodes[0].inputs.pop_back(); });
  expect_broken("node 'act' (Activate) reads value 77", [](Graph& g) { g.nodes[1].inputs[0] = 77; });
  expect_broken("node 'act' writes value 77", [](Graph& g) { g.nodes[1].output = 77; });
  expect_broken("node 'act' reads 'dense' before it is made",
                [](Graph& g) { std::swap(g.nodes[0], g.nodes[1]); });
  expect_broken("node 'act' writes 'dense', which is",
                [](Graph& g) { g.nodes[1].output = g.nodes[0].output; });
  expect_broken("node 'act' writes 'x', which is", [](Graph& g) { g.nodes[1].output = 0; });
  expect_broken("node 'dense' (Linear) makes F32[batch, 3], but its result 'dense' is declared F32[batch, 5]",
                [](Graph& g) { g.values[3].shape[1] = 5; });
  expect_broken("its result 'act' is declared BF16[batch, 3]",
                [](Graph& g) { g.values[4].dtype = DType::BF16; });
}

TEST(Verifier, Outputs) {
  expect_broken("graph 'small' has no output", [](Graph& g) { g.outputs.clear(); });
  expect_broken("output 'y' is value 5, but the graph has only 5 values",
                [](Graph& g) { g.outputs[0].value = 5; });
}

TEST(CheckAxes, RefusesASequenceLongerThanTheTable) {
  GraphBuilder builder("positions");
  builder.output("y", builder.slice(builder.parameter("table", {16, 2}), 0, 0, kSeq, "positions"));
  const Graph graph = builder.build();
  EXPECT_NO_THROW(check_axes(graph, {{Axis::Seq, 16}}));
  expect_error(
      ErrorKind::Usage,
      "'positions' takes 17 rows from 0 on, but there are only 16: use a sequence length of at most 16", [&] {
        check_axes(graph, {{Axis::Seq, 17}});
      });
  expect_error(ErrorKind::Usage, "sequence length -3 must be at least 1", [&] {
    check_axes(graph, {{Axis::Seq, -3}});
  });
  expect_error(ErrorKind::Internal, "'seq' has no number", [&] { check_axes(graph, {{Axis::Batch, 1}}); });
}

TEST(CheckAxes, SaysHowFarASymbolMayGo) {
  GraphBuilder builder("rows");
  const ValueId x = builder.input("x", DType::F32, {kTokens, 2});
  builder.output("more", builder.slice(x, 0, 2, kBatch + 1, "more"));
  const Graph graph = builder.build();
  EXPECT_NO_THROW(check_axes(graph, {{Axis::Batch, 2}, {Axis::Tokens, 5}}));
  expect_error(ErrorKind::Usage,
               "'more' takes 4 rows from 2 on, but there are only 5: use a batch size of at most 2", [&] {
                 check_axes(graph, {{Axis::Batch, 3}, {Axis::Tokens, 5}});
               });
  expect_error(ErrorKind::Usage, "'more' takes 2 rows from 2 on, but there are only 2: use other sizes", [&] {
    check_axes(graph, {{Axis::Batch, 1}, {Axis::Tokens, 2}});
  });
}

}  // namespace
}  // namespace medbench::ir
