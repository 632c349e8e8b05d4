#include "ir/graph.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

TEST(Dim, MultipliesNumbersAndSymbols) {
  EXPECT_EQ(kBatch * kSeq * Dim{12}, (Dim{12, 1, 1}));
  EXPECT_TRUE(Dim{7}.is_static());
  EXPECT_FALSE(kSeq.is_static());
}

TEST(Dim, PrintsAsAProduct) {
  EXPECT_EQ(to_string(Dim{768}), "768");
  EXPECT_EQ(to_string(kBatch), "batch");
  EXPECT_EQ(to_string(kBatch * kSeq), "batch*seq");
  EXPECT_EQ(to_string(Dim{12} * kBatch), "12*batch");
  EXPECT_EQ(to_string(kSeq * kSeq), "seq^2");
  EXPECT_EQ(to_string(Shape{kBatch, kSeq, 768}), "[batch, seq, 768]");
  EXPECT_EQ(to_string(Shape{}), "[]");
}

TEST(Dim, BindsSymbolsToNumbers) {
  const Binding binding{.batch = 4, .seq = 128};
  EXPECT_EQ(ir::bind(Dim{3}, binding), 3);
  EXPECT_EQ(ir::bind(kBatch * kSeq * Dim{3}, binding), 3 * 4 * 128);
  EXPECT_EQ(ir::bind(kSeq * kSeq, binding), 128 * 128);
  EXPECT_EQ(ir::bind(Shape{kBatch, kSeq, 768}, binding), (std::vector<std::int64_t>{4, 128, 768}));
}

TEST(Dim, RefusesToBindWhatDoesNotFit) {
  const Binding binding{.batch = std::numeric_limits<std::int64_t>::max() / 2, .seq = 1};
  testing::expect_error(ErrorKind::Usage, "3*batch does not fit",
                        [&] { (void)ir::bind(Dim{3} * kBatch, binding); });
}

TEST(Op, HasAName) {
  EXPECT_EQ(name_of(Linear{}), "Linear");
  EXPECT_EQ(name_of(LayerNorm{}), "LayerNorm");
  EXPECT_EQ(name_of(Cast{}), "Cast");
  EXPECT_EQ(to_string(Activation::GeluErf), "gelu");
  EXPECT_EQ(to_string(Activation::GeluTanh), "gelu_tanh");
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

}  // namespace
}  // namespace medbench::ir
