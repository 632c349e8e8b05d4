#include "ir/builder.hpp"

#include <gtest/gtest.h>

#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

TEST(GraphBuilder, NamesNodesByOperationAndNumber) {
  GraphBuilder builder("g");
  const ValueId x = builder.input("x", DType::F32, {kBatch});
  builder.output("y", builder.silu(builder.softmax(x, "weights")));
  const Graph graph = builder.build();
  EXPECT_EQ(graph.name, "g");
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[0].name, "weights");
  EXPECT_EQ(graph.nodes[1].name, "activate_1");
  EXPECT_EQ(graph.value(graph.nodes[1].output).name, "activate_1");
}

TEST(GraphBuilder, AParameterIsItsOwnPart) {
  GraphBuilder builder("g");
  builder.output("one", builder.parameter("p", {2}));
  builder.output("two", builder.parameter("q", {4}, DType::F32, {"a", "b"}));
  const Graph graph = builder.build();
  EXPECT_EQ(graph.value(0).parts, (std::vector<std::string>{"p"}));
  EXPECT_EQ(graph.value(1).parts, (std::vector<std::string>{"a", "b"}));
}

TEST(GraphBuilder, VerifiesTheWhole) {
  GraphBuilder builder("g");
  builder.input("x", DType::F32, {});
  testing::expect_error(ErrorKind::Internal, "graph 'g' has no output", [&] { (void)builder.build(); });
}

}  // namespace
}  // namespace medbench::ir
