#include "backend/torch/fusion.hpp"

#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "passes/passes.hpp"

namespace medbench::torch_backend {
namespace {

using ir::GraphBuilder;
using ir::ValueId;

class AdditionsBeforeNorms : public ::testing::Test {
 protected:
  // x + linear(x), which the pass makes one node.
  ValueId sum() {
    const ValueId weight = builder.parameter("w", {8, 8});
    return builder.add(builder.linear(x, weight, builder.parameter("b", {8}), "linear"), x, "sum");
  }
  ValueId norm(ValueId from, const std::string& name) {
    return builder.layer_norm(from, builder.parameter(name + ".w", {8}), builder.parameter(name + ".b", {8}),
                              1e-5);
  }
  std::map<ValueId, ValueId> found() { return additions_before_norms(passes::fuse_linear(builder.build())); }

  GraphBuilder builder{"g"};
  ValueId x = builder.input("x", DType::F32, {ir::kBatch, 8});
};

TEST_F(AdditionsBeforeNorms, AreThoseThatANormAloneReads) {
  const ValueId y = sum();
  builder.output("y", norm(y, "norm"));
  const ir::Graph graph = passes::fuse_linear(builder.build());
  const auto sums = additions_before_norms(graph);
  ASSERT_EQ(sums.size(), 1U);
  EXPECT_EQ(graph.value(sums.begin()->first).name, "sum");
  EXPECT_EQ(graph.value(sums.begin()->second).name, "x");
}

// The norm overwrites the sum, so nothing else may read it.
TEST_F(AdditionsBeforeNorms, AreNotThoseWithAnotherReader) {
  const ValueId y = sum();
  builder.output("a", norm(y, "first"));
  builder.output("b", norm(y, "second"));
  EXPECT_TRUE(found().empty());
}

TEST_F(AdditionsBeforeNorms, AreNotThoseThatAreOutputs) {
  const ValueId y = sum();
  builder.output("sum", y);
  builder.output("y", norm(y, "norm"));
  EXPECT_TRUE(found().empty());
}

TEST_F(AdditionsBeforeNorms, AreNotThoseBeforeSomethingElse) {
  builder.output("y", builder.softmax(sum()));
  EXPECT_TRUE(found().empty());
}

}  // namespace
}  // namespace medbench::torch_backend
