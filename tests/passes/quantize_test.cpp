#include "passes/quantize.hpp"

#include <cmath>
#include <gtest/gtest.h>

#include "ir/builder.hpp"
#include "ir/interpreter.hpp"
#include "ir/printer.hpp"
#include "ir/verifier.hpp"
#include "passes/passes.hpp"
#include "passes/precision.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::passes {
namespace {

using ir::ActivationQuantization;
using testing::expect_error;

ir::Graph two_layers() {
  ir::GraphBuilder graph("g");
  const ir::ValueId x = graph.input("x", DType::F32, {ir::kBatch, 4});
  const ir::ValueId weight = graph.parameter("w", {4, 4});
  const ir::ValueId bias = graph.parameter("b", {4});
  const ir::ValueId a = graph.fused_linear(x, weight, bias, ir::Activation::Relu, x, "a");
  const ir::ValueId twice = graph.linear(a, weight, bias, "again");
  const ir::ValueId computed = graph.linear(twice, graph.silu(weight, "silu"), bias, "computed");
  graph.output("y", graph.add(computed, graph.linear(a, weight, bias, "c"), "y"));
  return graph.build();
}

TEST(QuantizeLinears, TakesThoseWithParametersAlone) {
  const ir::Graph quantized = quantize_linears(two_layers(), {.weight_max = 63, .activation_max = 127});
  EXPECT_NO_THROW(ir::verify(quantized));
  std::string text;
  for (const ir::Node& node : quantized.nodes) text += to_string(quantized, node) + "\n";
  EXPECT_EQ(text,
            "QuantizedLinear(%x, %w, %b, %x) {activation=relu, residual, input=dynamic, weight_max=63, "
            "activation_max=127}\n"
            "QuantizedLinear(%a, %w, %b) {input=dynamic, weight_max=63, activation_max=127}\n"
            "Activate(%w) {activation=silu}\n"
            "Linear(%again, %silu, %b)\n"
            "QuantizedLinear(%a, %w, %b) {input=dynamic, weight_max=63, activation_max=127}\n"
            "Add(%computed, %c)\n");
  EXPECT_EQ(precision_of(quantized), "fp32+int8");
}

TEST(QuantizeLinears, PutsGroupsIntoEachLayer) {
  const ir::Graph quantized = quantize_linears(two_layers(), {.group = 64, .int16_sums = true});
  EXPECT_NO_THROW(ir::verify(quantized));
  const auto& op = std::get<ir::QuantizedLinear>(quantized.nodes[1].op);
  EXPECT_EQ(op.group, 64);
  EXPECT_TRUE(op.int16_sums);
}

TEST(QuantizeLinears, StaticNeedsARangeForEveryInput) {
  const QuantizationSettings settings{.input = ActivationQuantization::Static};
  const ir::Graph quantized = quantize_linears(two_layers(), settings, {{"x", {-1, 2}}, {"a", {0, 3}}});
  EXPECT_NO_THROW(ir::verify(quantized));
  const auto& op = std::get<ir::QuantizedLinear>(quantized.nodes[1].op);
  EXPECT_EQ(op.input_min, 0);
  EXPECT_EQ(op.input_max, 3);
  expect_error(ErrorKind::Internal, "calibration gave no range for 'a'", [&] {
    (void)quantize_linears(two_layers(), settings, {{"x", {-1, 2}}});
  });
  expect_error(ErrorKind::Internal, "the range [1, 2] of 'x' does not contain 0", [&] {
    (void)quantize_linears(two_layers(), settings, {{"x", {1, 2}}, {"a", {0, 3}}});
  });
}

TEST(ObserveRoundedValues, NamesEachOnceAndDropsTheRest) {
  const ir::Graph observed = observe_rounded_values(two_layers());
  EXPECT_NO_THROW(ir::verify(observed));
  ASSERT_EQ(observed.outputs.size(), 1U) << "the input's values are known";
  EXPECT_EQ(observed.outputs[0].name, "a");
  EXPECT_EQ(observed.nodes.size(), 1U);
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

class QuantizedEncoder : public ::testing::TestWithParam<testing::TinyBert> {};

TEST_P(QuantizedEncoder, StaysCloseByEveryMethod) {
  const ir::Graph graph = fuse_qkv(fuse_linear(GetParam().graph()));
  testing::MemoryParameters tensors{testing::random_parameters(GetParam().graph(), 11)};
  const NamedTensors inputs = GetParam().inputs(7);
  const NamedTensors expected = ir::interpret(graph, tensors, GetParam().axes, inputs);

  ir::Ranges ranges;
  const ir::Graph observed = observe_rounded_values(graph);
  if (observed.outputs.empty()) GTEST_SKIP() << "this encoder has no linear layer";
  for (const auto& [name, values] : ir::interpret(observed, tensors, GetParam().axes, inputs)) {
    ir::Range& range = ranges[name];
    for (const float value : values.f32()) {
      range.min = std::min(range.min, double{value});
      range.max = std::max(range.max, double{value});
    }
  }
  for (const auto input :
       {ActivationQuantization::None, ActivationQuantization::Dynamic, ActivationQuantization::Static}) {
    const ir::Graph quantized = quantize_linears(graph, {.input = input}, ranges);
    ASSERT_NO_THROW(ir::verify(quantized));
    const NamedTensors actual = ir::interpret(quantized, tensors, GetParam().axes, inputs);
    for (const auto& [name, tensor] : expected)
      EXPECT_GT(cosine(actual.at(name).f32(), tensor.f32()), 0.999) << name << " " << to_string(input);
  }
}

INSTANTIATE_TEST_SUITE_P(TinyBerts, QuantizedEncoder, ::testing::ValuesIn(testing::tiny_berts()),
                         [](const auto& bert) { return bert.param.name; });

}  // namespace
}  // namespace medbench::passes
