#include "ir/interpreter.hpp"

#include <gtest/gtest.h>
#include <limits>

#include "tests/ir/interpretation.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/errors.hpp"

namespace medbench::ir {
namespace {

using testing::expect_error;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_F(Interpretation, Embedding) {
  const ValueId ids = input("ids", ints({1, 3}, {2, 0, 2}));
  const ValueId table = parameter("table", floats({3, 2}, {1, 2, 3, 4, 5, 6}));
  expect(builder.embedding(ids, table), {1, 3, 2}, {5, 6, 1, 2, 5, 6});
}

TEST_F(Interpretation, EmbeddingRefusesIdsOutsideTheTable) {
  const ValueId table = parameter("table", floats({3, 1}, {1, 2, 3}));
  const ValueId rows = builder.embedding(input("ids", ints({2}, {0, 3})), table, "words");
  expect_error(ErrorKind::Usage, "'words' was asked for row 3, but its table has 3", [&] { run(rows); });
}

TEST_F(Interpretation, EmbeddingRefusesNegativeIds) {
  const ValueId table = parameter("table", floats({3, 1}, {1, 2, 3}));
  const ValueId rows = builder.embedding(input("ids", ints({1}, {-1})), table, "words");
  expect_error(ErrorKind::Usage, "'words' was asked for row -1", [&] { run(rows); });
}

TEST_F(Interpretation, LinearAddsTheResidualAfterTheActivation) {
  const ValueId x = input("x", floats({2, 2}, {1, 2, -1, 1}));
  const ValueId weight = parameter("w", floats({3, 2}, {1, 0, 0, 1, 1, 1}));
  const ValueId bias = parameter("b", floats({3}, {0, -3, 0.5F}));
  const ValueId residual = input("r", floats({2, 3}, {10, 20, 30, 40, 50, 60}));
  const ValueId y = builder.fused_linear(x, weight, bias, Activation::Relu, residual);
  expect(y, {2, 3}, {11, 20, 33.5F, 40, 50, 60.5F});
}

TEST_F(Interpretation, LinearAccumulatesInDouble) {
  // In single precision 1e8 + 1 - 1e8 is 0.
  const ValueId x = input("x", floats({1, 3}, {1e8F, 1, -1e8F}));
  const ValueId y =
      builder.linear(x, parameter("w", floats({1, 3}, {1, 1, 1})), parameter("b", floats({1}, {0})));
  expect(y, {1, 1}, {1});
}

TEST_F(Interpretation, LayerNorm) {
  const ValueId x = input("x", floats({2, 2}, {1, 3, -2, -2}));
  const ValueId y =
      builder.layer_norm(x, parameter("w", floats({2}, {2, 10})), parameter("b", floats({2}, {1, -1})), 3);
  // mean 2, variance 1: scale 1 / sqrt(1 + 3)
  expect(y, {2, 2}, {1 - 1, -1 + 5, 1, -1});
}

TEST_F(Interpretation, Activations) {
  const ValueId x = input("x", floats({4}, {-1, 0, 0.5F, 3}));
  const auto run_activation = [&](Activation activation, const char* name) {
    builder.output(name, builder.activate(x, activation));
  };
  run_activation(Activation::None, "none");
  run_activation(Activation::GeluErf, "gelu");
  run_activation(Activation::GeluTanh, "gelu_tanh");
  run_activation(Activation::Relu, "relu");
  run_activation(Activation::Tanh, "tanh");
  builder.output("silu", builder.silu(x));
  run_activation(Activation::Sigmoid, "sigmoid");
  builder.output("leaky_relu", builder.leaky_relu(x, 0.25));
  const NamedTensors outputs = interpret(builder.build(), tensors, {}, given);
  // Values by a calculator with 20 digits.
  const testing::Bound bound{1e-7, 1e-7};
  testing::expect_close(
      outputs,
      [] {
        NamedTensors expected;
        expected["none"] = floats({4}, {-1, 0, 0.5F, 3});
        expected["gelu"] = floats({4}, {-0.15865525F, 0, 0.34573123F, 2.9959503F});
        expected["gelu_tanh"] = floats({4}, {-0.15880801F, 0, 0.34571401F, 2.9963627F});
        expected["relu"] = floats({4}, {0, 0, 0.5F, 3});
        expected["tanh"] = floats({4}, {-0.76159416F, 0, 0.46211716F, 0.99505475F});
        expected["sigmoid"] = floats({4}, {0.26894142F, 0.5F, 0.62245933F, 0.95257413F});
        expected["leaky_relu"] = floats({4}, {-0.25F, 0, 0.5F, 3});
        expected["silu"] = floats({4}, {-0.26894142F, 0, 0.31122967F, 2.8577224F});
        return expected;
      }(),
      bound);
}

TEST_F(Interpretation, AddBroadcastsBothWays) {
  const ValueId a = input("a", floats({2, 1}, {10, 20}));
  const ValueId b = input("b", floats({1, 3}, {1, 2, 3}));
  expect(builder.add(a, b), {2, 3}, {11, 12, 13, 21, 22, 23});
}

TEST_F(Interpretation, AddBroadcastsMissingDimensions) {
  const ValueId a = input("a", floats({2}, {1, 2}));
  const ValueId b = input("b", floats({2, 2, 2}, {10, 20, 30, 40, 50, 60, 70, 80}));
  expect(builder.add(a, b), {2, 2, 2}, {11, 22, 31, 42, 51, 62, 71, 82});
}

TEST_F(Interpretation, TransposeThenSliceThenReshape) {
  const ValueId x = input("x", floats({1, 2, 3}, {1, 2, 3, 4, 5, 6}));
  const ValueId turned = builder.transpose(x, {2, 0, 1});  // [3, 1, 2]: 1 4, 2 5, 3 6
  const ValueId tail = builder.slice(turned, 0, 1, 2);     // 2 5, 3 6
  expect(builder.reshape(tail, {4}), {4}, {2, 5, 3, 6});
}

TEST_F(Interpretation, SliceOfAMiddleAxis) {
  const ValueId x = input("x", floats({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  expect(builder.slice(x, 1, 1, 1), {2, 1, 2}, {3, 4, 9, 10});
}

TEST_F(Interpretation, CastRoundsToTheType) {
  const ValueId x = input("x", floats({3}, {1.00390625F, 1.01171875F, 65504}));
  // Half way between two BF16 values: to even, down and up.
  expect(builder.cast(x, DType::BF16), {3}, {1, 1.015625F, 65536});
}

TEST_F(Interpretation, CastToIntegerTruncatesAndStaysInRange) {
  const ValueId x = input("x", floats({5}, {-1.9F, 1.9F, 3e9F, -kInfinity, std::nanf("")}));
  const ValueId wide = builder.cast(builder.cast(x, DType::I32), DType::I64);
  expect(builder.cast(wide, DType::F32), {5}, {-1, 1, 2147483648.0F, -2147483648.0F, 0});
}

TEST_F(Interpretation, ResultsRoundToTheirType) {
  const ValueId x = builder.cast(input("x", floats({1}, {1})), DType::F16);
  const ValueId tiny = parameter("tiny", floats({1}, {0x1.8p-11F}), DType::F16);
  expect(builder.add(x, tiny), {1}, {1 + 0x1p-10F});
}

TEST_F(Interpretation, ParametersRoundToTheirType) {
  expect(parameter("p", floats({1}, {1.01171875F}), DType::BF16), {1}, {1.015625F});
}

TEST_F(Interpretation, ConcatenatesTheParts) {
  tensors.set("a", floats({1, 2}, {1, 2}));
  tensors.set("b", floats({2, 2}, {3, 4, 5, 6}));
  expect(builder.parameter("p", {3, 2}, DType::F32, {"a", "b"}), {3, 2}, {1, 2, 3, 4, 5, 6});
}

TEST_F(Interpretation, RefusesPartsThatDoNotFit) {
  tensors.set("a", floats({1, 2}, {1, 2}));
  tensors.set("narrow", floats({2, 1}, {1, 2}));
  const auto run_with = [&](std::vector<std::string> parts) {
    GraphBuilder graph("g");
    graph.output("y", graph.parameter("p", {3, 2}, DType::F32, std::move(parts)));
    (void)interpret(graph.build(), tensors, {}, {});
  };
  expect_error(ErrorKind::Usage, "tensor 'narrow' has shape [2, 1]", [&] { run_with({"a", "narrow"}); });
  expect_error(ErrorKind::Usage, "the tensors of parameter 'p' make [2, 2], expected [3, 2]", [&] {
    run_with({"a", "a"});
  });
  expect_error(ErrorKind::Usage, "'absent'", [&] { run_with({"absent"}); });
}

TEST_F(Interpretation, TokensAndSums) {
  const ValueId x = builder.input("x", DType::F32, {kTokens, 2});
  const ValueId ends = builder.input("ends", DType::F32, {kBatch + 1, 2});
  const ValueId last = builder.slice(ends, 0, 1, kBatch);
  builder.output("x", builder.reshape(x, {2, kTokens}));
  builder.output("y", builder.add(last, builder.slice(x, 0, 0, kBatch)));
  given["x"] = floats({3, 2}, {1, 2, 3, 4, 5, 6});
  given["ends"] = floats({3, 2}, {0, 0, 10, 20, 30, 40});
  const NamedTensors y = interpret(builder.build(), tensors, {{Axis::Batch, 2}, {Axis::Tokens, 3}}, given);
  EXPECT_TRUE(testing::close(y.at("x"), floats({2, 3}, {1, 2, 3, 4, 5, 6}), {}));
  EXPECT_TRUE(testing::close(y.at("y"), floats({2, 2}, {11, 22, 33, 44}), {}));
}

TEST_F(Interpretation, RefusesInputsThatDoNotFit) {
  builder.output("y", builder.silu(builder.input("x", DType::F32, {kBatch, 2})));
  const Interpreter interpreter(builder.build(), tensors, testing::batch_seq(2, 1));
  const auto run_with = [&](const std::string& name, HostTensor tensor) {
    NamedTensors inputs;
    inputs[name] = std::move(tensor);
    (void)interpreter.run(inputs);
  };
  expect_error(ErrorKind::Usage, "input 'x' is missing", [&] {
    run_with("z", floats({2, 2}, {1, 2, 3, 4}));
  });
  expect_error(ErrorKind::Usage, "input 'x' must be F32[2, 2], found F32[1, 2]", [&] {
    run_with("x", floats({1, 2}, {1, 2}));
  });
  expect_error(ErrorKind::Usage, "found I64[2, 2]", [&] { run_with("x", ints({2, 2}, {1, 2, 3, 4})); });
  NamedTensors inputs;
  inputs["x"] = floats({2, 2}, {1, 2, 3, 4});
  inputs["more"] = floats({1}, {1});
  expect_error(ErrorKind::Usage, "takes 1 inputs, but 2 were given", [&] { (void)interpreter.run(inputs); });
}

TEST_F(Interpretation, KeepsOutputsThatAreReadAgain) {
  const ValueId x = input("x", floats({1}, {2}));
  const ValueId first = builder.add(x, x);
  builder.output("first", first);
  builder.output("again", first);
  builder.output("x", x);
  const NamedTensors outputs = run(builder.add(first, x));
  EXPECT_EQ(outputs.at("first").f32()[0], 4);
  EXPECT_EQ(outputs.at("again").f32()[0], 4);
  EXPECT_EQ(outputs.at("x").f32()[0], 2);
  EXPECT_EQ(outputs.at("y").f32()[0], 6);
}

}  // namespace
}  // namespace medbench::ir
