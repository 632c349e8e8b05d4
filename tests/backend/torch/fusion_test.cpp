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

class Chains : public ::testing::Test {
 protected:
  ValueId convolution(ValueId from, const std::string& name) {
    return builder.convolution(from, builder.parameter(name + ".w", {4, 4, 1, 1}), std::nullopt, {}, name);
  }
  // "last <- convolution + addend, activation", sorted by last.
  std::vector<std::string> found(ValueId output) {
    builder.output("y", output);
    const ir::Graph graph = builder.build();
    std::vector<std::string> texts;
    for (const auto& [last, chain] : convolution_chains(graph).by_result) {
      std::string text = graph.value(last).name + " <- " + chain.convolution->name;
      if (chain.addend) text += " + " + graph.value(*chain.addend).name;
      texts.push_back(text + ", " + std::string(to_string(chain.activation.activation)));
    }
    return texts;
  }

  using Texts = std::vector<std::string>;
  GraphBuilder builder{"g"};
  ValueId x = builder.input("x", DType::F32, {ir::kBatch, 4, 5, 6});
  std::string none{to_string(ir::Activation::None)};
  std::string relu{to_string(ir::Activation::Relu)};
  std::string silu{to_string(ir::Activation::Silu)};
};

TEST_F(Chains, TakeTheActivationBehind) {
  EXPECT_EQ(found(builder.silu(convolution(x, "a"), "s")), (Texts{"s <- a, " + silu}));
}

TEST_F(Chains, TakeTheAdditionAndItsRelu) {
  const ValueId sum = builder.add(x, convolution(x, "a"), "sum");
  EXPECT_EQ(found(builder.activate(sum, ir::Activation::Relu, "r")), (Texts{"r <- a + x, " + relu}));
}

TEST_F(Chains, LeaveAnotherActivationBehindAnAddition) {
  EXPECT_EQ(found(builder.silu(builder.add(convolution(x, "a"), x, "sum"))),
            (Texts{"sum <- a + x, " + none}));
}

TEST_F(Chains, OfTwoConvolutionsTheLaterTakesTheAddition) {
  EXPECT_EQ(found(builder.add(convolution(x, "a"), convolution(x, "b"), "sum")),
            (Texts{"a <- a, " + none, "sum <- b + a, " + none}));
}

TEST_F(Chains, EndWhereOthersReadToo) {
  const ValueId a = convolution(x, "a");
  EXPECT_EQ(found(builder.add(a, builder.silu(a, "s"))), (Texts{"a <- a, " + none}));
}

TEST_F(Chains, EndAtAnAdditionOfAnotherShape) {
  const ValueId row = builder.parameter("row", {6});
  EXPECT_EQ(found(builder.add(convolution(x, "a"), row, "sum")), (Texts{"a <- a, " + none}));
}

TEST_F(Chains, OfTransposedConvolutionsTakeNoAddition) {
  const ValueId a =
      builder.transposed_convolution(x, builder.parameter("w", {4, 4, 1, 1}), std::nullopt, {}, "a");
  EXPECT_EQ(found(builder.add(a, x, "sum")), (Texts{"a <- a, " + none}));
}

}  // namespace
}  // namespace medbench::torch_backend
