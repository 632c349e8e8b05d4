#include "ir/graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.hpp"

namespace medbench::ir {
namespace {

TEST(Op, HasAName) {
  EXPECT_EQ(name_of(Linear{}), "Linear");
  EXPECT_EQ(name_of(LayerNorm{}), "LayerNorm");
  EXPECT_EQ(name_of(Cast{}), "Cast");
  EXPECT_EQ(to_string(Activation::GeluErf), "gelu");
  EXPECT_EQ(to_string(Activation::GeluTanh), "gelu_tanh");
}

TEST(Op, ShowsTheDimensionsThatItHolds) {
  Op reshape = Reshape{.shape = {kBatch * kSeq, 4}};
  Op slice = Slice{.axis = 1, .start = 2, .length = kSeq};
  EXPECT_THAT(dims_of(std::as_const(reshape)), ::testing::ElementsAre(kBatch * kSeq, 4));
  EXPECT_THAT(dims_of(std::as_const(slice)), ::testing::ElementsAre(kSeq));
  EXPECT_TRUE(dims_of(Op{Transpose{.permutation = {1, 0}}}).empty());
  dims_of(reshape)[0] = 6;
  dims_of(slice)[0] = 3;
  EXPECT_EQ(std::get<Reshape>(reshape).shape, (Shape{6, 4}));
  EXPECT_EQ(std::get<Slice>(slice).length, Dim{3});
}

TEST(Graph, ListsInputsAndParametersInOrder) {
  Graph graph;
  for (const ValueKind kind : {ValueKind::Input, ValueKind::Parameter, ValueKind::Result, ValueKind::Input}) {
    Value value;
    value.kind = kind;
    graph.values.push_back(value);
  }
  EXPECT_EQ(graph.inputs(), (std::vector<ValueId>{0, 3}));
  EXPECT_EQ(graph.parameters(), (std::vector<ValueId>{1}));
}

TEST(AxesOf, ReadsSymbolsFromTheShapesOfInputs) {
  GraphBuilder builder("packed");
  builder.output("x", builder.input("x", DType::F32, {kTokens, 4}));
  builder.output("offsets", builder.input("offsets", DType::I64, {kBatch + 1}));
  builder.output("area", builder.input("area", DType::F32, {kSeq * kSeq}));
  const Graph graph = builder.build();
  NamedTensors inputs;
  inputs["x"] = HostTensor(DType::F32, {7, 4});
  inputs["offsets"] = HostTensor(DType::I64, {3});
  inputs["area"] = HostTensor(DType::F32, {25});
  EXPECT_EQ(axes_of(graph, inputs, {{Axis::Seq, 9}}),
            (Axes{{Axis::Batch, 2}, {Axis::Seq, 9}, {Axis::Tokens, 7}}));
  inputs.erase("x");
  EXPECT_EQ(axes_of(graph, inputs, {{Axis::Tokens, 1}}), (Axes{{Axis::Batch, 2}, {Axis::Tokens, 1}}));
}

}  // namespace
}  // namespace medbench::ir
