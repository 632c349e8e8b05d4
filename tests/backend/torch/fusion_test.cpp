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
    for (const auto& [last, chain] : image_chains(graph).by_result) {
      std::string text = graph.value(last).name + " <- " + chain.first->name;
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

// With kernels of our own: "last <- first of its inputs + addend, activation, pool".
class KernelChains : public Chains {
 protected:
  ValueId parameter(const std::string& name) { return builder.parameter(name, {4}); }
  ValueId batch_norm(ValueId from) {
    return builder.batch_norm(from, parameter("scale"), parameter("shift"), parameter("mean"),
                              parameter("variance"), 1e-5, "norm");
  }
  Texts found(ValueId output, std::size_t most_joined = 2) {
    builder.output("y", output);
    const ir::Graph graph = builder.build();
    Texts texts;
    const ImageChains chains = image_chains(graph, {.norms_and_pools = true, .most_joined = most_joined});
    for (const auto& [last, chain] : chains.by_result) {
      EXPECT_FALSE(chains.inside.contains(last));
      std::string text = graph.value(last).name + " <- " + chain.first->name;
      for (const ValueId id : chain.joined) text += " of " + graph.value(id).name;
      if (chain.addend) text += " + " + graph.value(*chain.addend).name;
      text += ", " + std::string(to_string(chain.activation.activation));
      texts.push_back(text + (chain.pool != nullptr ? ", " + chain.pool->name : ""));
    }
    return texts;
  }
};

TEST_F(KernelChains, TakeNormsWithTheirActivation) {
  EXPECT_EQ(found(builder.silu(builder.instance_norm(x, 1e-5, "norm"), "s")), (Texts{"s <- norm, " + silu}));
}

TEST_F(KernelChains, TakeAnyActivationBehindAnAddition) {
  EXPECT_EQ(found(builder.silu(builder.add(convolution(x, "a"), x, "sum"), "s")),
            (Texts{"s <- a + x, " + silu}));
}

TEST_F(KernelChains, TakeTheMaximumBehindAConvolution) {
  const ValueId y = builder.silu(convolution(x, "a"), "s");
  EXPECT_EQ(found(builder.pool(y, {.kernel = {2, 2}}, "pool")), (Texts{"pool <- a, " + silu + ", pool"}));
}

TEST_F(KernelChains, LeaveTheAverageBehindAConvolution) {
  const ValueId y = builder.silu(convolution(x, "a"), "s");
  EXPECT_EQ(found(builder.pool(y, {.kind = ir::Pooling::Average, .kernel = {2, 2}}, "pool")),
            (Texts{"s <- a, " + silu}));
}

TEST_F(KernelChains, JoinNothingButChannels) {
  const ValueId rows = builder.concatenate({x, x}, 2, "rows");
  EXPECT_EQ(found(batch_norm(rows)), (Texts{"norm <- norm, " + none}));
}

TEST_F(KernelChains, JoinNoMoreThanTheyCan) {
  const ValueId half = builder.input("half", DType::F32, {ir::kBatch, 2, 5, 6});
  EXPECT_EQ(found(batch_norm(builder.concatenate({half, half}, 1, "joined")), 1),
            (Texts{"norm <- norm, " + none}));
}

TEST_F(KernelChains, JoinWhatOthersReadTooOnlyOnce) {
  const ValueId half = builder.input("half", DType::F32, {ir::kBatch, 2, 5, 6});
  const ValueId all = builder.concatenate({half, half}, 1, "all");
  EXPECT_EQ(found(builder.add(batch_norm(all), builder.softmax(all))),
            (Texts{"all <- all of half of half, " + none, "norm <- norm, " + none}));
}

TEST_F(KernelChains, JoinTheChannels) {
  const ValueId half = builder.input("half", DType::F32, {ir::kBatch, 2, 5, 6});
  EXPECT_EQ(found(builder.activate(batch_norm(builder.concatenate({half, half}, 1, "joined")),
                                   ir::Activation::Relu, "r")),
            (Texts{"r <- norm of half of half, " + relu}));
}

TEST_F(KernelChains, LeaveImagesThatAreNotTaken) {
  builder.output("y", builder.silu(convolution(x, "a"), "s"));
  const ir::Graph graph = builder.build();
  const auto chains = image_chains(graph, {.takes = [](const ir::Value&) { return false; }});
  EXPECT_TRUE(chains.by_result.empty());
  EXPECT_TRUE(chains.inside.empty());
}

}  // namespace
}  // namespace medbench::torch_backend
