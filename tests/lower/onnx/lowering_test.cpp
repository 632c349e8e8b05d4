#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "ir/builder.hpp"
#include "models/encoder.hpp"
#include "passes/pad_attention.hpp"
#include "passes/passes.hpp"
#include "tests/lower/onnx/model_check.hpp"
#include "tests/support/errors.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::lower {
namespace {

using ir::GraphBuilder;
using ir::kBatch;
using ir::kSeq;
using ir::ValueId;
using ::testing::ElementsAre;

OnnxModel lowered(const ir::Graph& graph, testing::MemoryParameters& weights,
                  std::string_view flavour = "onnxruntime") {
  OnnxModel model = to_onnx(graph, weights, find_flavour(flavour));
  expect_well_formed(model);
  return model;
}

OnnxModel lowered(const ir::Graph& graph, std::string_view flavour = "onnxruntime") {
  testing::MemoryParameters weights{testing::random_parameters(graph, 1)};
  return lowered(graph, weights, flavour);
}

ir::Graph quantized(ir::Graph graph, const ir::QuantizedLinear& form) {
  for (ir::Node& node : graph.nodes) {
    const auto* linear = std::get_if<ir::Linear>(&node.op);
    if (linear == nullptr) continue;
    ir::QuantizedLinear op = form;
    op.activation = linear->activation;
    op.residual = linear->residual;
    node.op = op;
  }
  return graph;
}

std::map<std::string, int> count_operators(const OnnxModel& model) {
  std::map<std::string, int> counts;
  const onnx::ModelProto proto = parse(model);
  for (const auto& node : proto.graph().node()) ++counts[node.op_type()];
  return counts;
}

TEST(OnnxLowering, EveryFlavourOfEveryTinyEncoder) {
  for (const OnnxFlavour& flavour : onnx_flavours()) {
    EXPECT_GE(flavour.opset, 17);
    EXPECT_EQ(&find_flavour(flavour.runtime), &flavour);
    for (const testing::TinyBert& bert : testing::tiny_berts()) {
      SCOPED_TRACE(std::string{flavour.runtime} + " " + bert.name);
      const ir::Graph graph = bert.graph();
      const OnnxModel model = lowered(graph, flavour.runtime);
      std::vector<std::string> inputs;
      for (const ir::ValueId id : graph.inputs()) inputs.push_back(graph.value(id).name);
      EXPECT_EQ(model.inputs, inputs);
      EXPECT_EQ(model.outputs.size(), graph.outputs.size());
      for (std::size_t i = 0; i < graph.outputs.size(); ++i)
        EXPECT_EQ(model.outputs[i], graph.outputs[i].name);
      lowered(passes::lower_precision(graph, DType::F16), flavour.runtime);
      lowered(passes::lower_precision(passes::fuse_linear(graph), DType::BF16), flavour.runtime);
      for (const auto input : {ir::ActivationQuantization::None, ir::ActivationQuantization::Dynamic,
                               ir::ActivationQuantization::Static}) {
        lowered(quantized(passes::fuse_linear(graph), {.input = input}), flavour.runtime);
        lowered(
            quantized(passes::lower_precision(graph, DType::F16), {.input = input, .activation_max = 127}),
            flavour.runtime);
      }
    }
  }
}

TEST(OnnxLowering, GroupsAreOfTheRuntimesKind) {
  const testing::TinyBert bert{
      "grouped", testing::tiny_config(64, 1, 2, ir::Activation::GeluErf), false, {}, {}};
  const ir::Graph graph = passes::fuse_linear(bert.graph());
  const auto counts = [&](const ir::QuantizedLinear& op, std::string_view flavour) {
    return count_operators(lowered(quantized(graph, op), flavour));
  };
  const ir::QuantizedLinear dynamic{.group = 32};
  const ir::QuantizedLinear weights{.input = ir::ActivationQuantization::None, .group = 32};
  EXPECT_EQ(counts(dynamic, "onnxruntime")["GroupedInt8Linear"], 6);
  EXPECT_EQ(counts(weights, "onnxruntime")["MatMulNBits"], 6);
  for (const auto& op : {dynamic, weights}) {
    auto openvino = counts(op, "openvino");
    EXPECT_EQ(openvino["DequantizeLinear"], 0);
    EXPECT_EQ(openvino["GroupedInt8Linear"], 0);
    EXPECT_GE(openvino["Mul"], 6);
  }
  testing::expect_error(ErrorKind::Unsupported, "onnxruntime-cuda has no linear layers in groups of 32",
                        [&] { (void)counts(dynamic, "onnxruntime-cuda"); });
}

ir::Graph packed_texts(bool is_ordered) {
  const testing::TinyBert bert{
      "packed", testing::tiny_config(32, 2, 2, ir::Activation::GeluErf), false, {}, {}};
  passes::PackedTexts texts = passes::pack_tokens(bert.graph(), encoder_input_specs(31, 2));
  return is_ordered ? passes::order_attention(std::move(texts)).graph
                    : passes::pad_attention(std::move(texts)).graph;
}

TEST(OnnxLowering, TextsWithoutPaddingHaveTheCudaProvidersOperator) {
  const ir::Graph graph = packed_texts(true);
  auto counts = count_operators(lowered(graph, "onnxruntime-cuda"));
  EXPECT_EQ(counts["PackedMultiHeadAttention"], 2);
  EXPECT_EQ(counts["Cast"], 2);  // of offsets and order, once each
  for (const char* flavour : {"onnxruntime", "openvino", "tensorrt"}) {
    testing::expect_error(ErrorKind::Unsupported, "has no attention over texts without padding",
                          [&] { (void)lowered(graph, flavour); });
  }
}

TEST(OnnxLowering, TextsPaddedForAttentionAloneRunEverywhere) {
  const ir::Graph graph = packed_texts(false);
  for (const OnnxFlavour& flavour : onnx_flavours()) {
    SCOPED_TRACE(flavour.runtime);
    lowered(passes::lower_precision(graph, DType::F16), flavour.runtime);
    // Queries, keys, values and results of two layers, and the tables of words and positions.
    EXPECT_GE(count_operators(lowered(graph, flavour.runtime))["Gather"], 10);
  }
}

TEST(OnnxLowering, KeepsTheCheckpointsOwnBytes) {
  const testing::TinyBert bert{
      "mapped", testing::tiny_config(32, 1, 2, ir::Activation::GeluErf), false, {}, {}};
  const ir::Graph graph = bert.graph();
  for (const OnnxFlavour& flavour : onnx_flavours()) {
    testing::MemoryParameters weights{testing::random_parameters(graph, 1)};
    const OnnxModel model = lowered(graph, weights, flavour.runtime);
    for (const OnnxInitializer& tensor : model.initializers) {
      if (tensor.name.ends_with(".scaled")) continue;  // of queries
      const ir::ParameterData source = weights.read(tensor.name);
      EXPECT_EQ(tensor.data.view.data.data(), source.view.data.data())
          << flavour.runtime << " " << tensor.name;
    }
  }
}

TEST(OnnxLowering, ConvertsWhereTheCheckpointHasAnotherType) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F16, {kBatch, 16});
  graph.output("y", graph.linear(x, graph.parameter("weight", {16, 16}, DType::F16),
                                 graph.parameter("bias", {16}, DType::F16)));
  const ir::Graph built = graph.build();
  testing::MemoryParameters weights{testing::random_parameters(built, 1)};
  const OnnxModel model = lowered(built, weights);
  ASSERT_EQ(model.initializers.size(), 1U);  // the bias is small enough to travel inside
  const TensorView& view = model.initializers[0].data.view;
  EXPECT_EQ(model.initializers[0].dtype, DType::F16);
  const std::vector<float> found = to_float(view);
  const std::vector<float> wanted = to_float(weights.read("weight").view);
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(found[i], f16_to_float(float_to_f16(wanted[i])));
}

TEST(OnnxLowering, ConcatenatesParts) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, 32});
  const ValueId weight = graph.parameter("weight", {5, 32}, DType::F32, {"top", "bottom"});
  graph.output("y", graph.linear(x, weight, graph.parameter("bias", {5})));
  const ir::Graph built = graph.build();
  testing::MemoryParameters weights;
  weights.set("top", testing::random_floats({2, 32}, 1));
  weights.set("bottom", testing::random_floats({3, 32}, 2));
  weights.set("bias", testing::random_floats({5}, 3));
  const OnnxModel model = lowered(built, weights);
  std::vector<float> wanted = to_float(weights.read("top").view);
  const std::vector<float> bottom = to_float(weights.read("bottom").view);
  wanted.insert(wanted.end(), bottom.begin(), bottom.end());
  EXPECT_EQ(to_float(model.initializers.at(0).data.view), wanted);

  weights.set("bottom", testing::random_floats({2, 32}, 2));
  testing::expect_error(ErrorKind::Usage, "'weight'", [&] { lowered(built, weights); });
  weights.set("bottom", testing::random_floats({4, 32}, 2));
  testing::expect_error(ErrorKind::Usage, "'weight'", [&] { lowered(built, weights); });
}

TEST(OnnxLowering, NamesThatOnnxCannotHave) {
  GraphBuilder graph("");
  const ValueId x = graph.input("x", DType::F32, {kBatch, 2});
  const ValueId blank = graph.add(x, x, "line\nbreak");
  const ValueId broken = graph.add(blank, blank, "\xff");
  const ValueId unicode = graph.add(broken, x, "größe-体温");
  graph.output("x", unicode);  // the name of the input
  graph.output("größe-体温", x);
  const OnnxModel model = lowered(graph.build());
  EXPECT_THAT(model.inputs, ElementsAre("x"));
  EXPECT_THAT(model.outputs, ElementsAre("x.1", "größe-体温"));
}

TEST(OnnxLowering, OneValueAsSeveralOutputs) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, 2});
  const ValueId sum = graph.add(x, x, "sum");
  graph.output("a", sum);
  graph.output("b", sum);
  graph.output("p", graph.parameter("parameter", {2}));
  graph.output("c", graph.silu(sum, "c"));
  const OnnxModel model = lowered(graph.build());
  EXPECT_THAT(model.outputs, ElementsAre("a", "b", "p", "c"));
  EXPECT_EQ(count_operators(model)["Identity"], 2);
}

TEST(OnnxLowering, SizesThatNoInputHas) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch * kSeq, 2});
  graph.output("y", graph.reshape(x, {kBatch, kSeq, 2}));
  testing::expect_error(ErrorKind::Unsupported, "seq", [built = graph.build()] { lowered(built); });
}

TEST(OnnxLowering, TokensAndSums) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {ir::kTokens, 2, 3});
  const ValueId ends = graph.input("ends", DType::F32, {kBatch + 1, 3});
  graph.output("y", graph.slice(ends, 0, 1, kBatch));
  graph.output("z", graph.slice(x, 0, 0, kBatch + 1));
  const OnnxModel model = lowered(graph.build());
  const onnx::ModelProto proto = parse(model);
  const auto rows = [](const onnx::ValueInfoProto& info) {
    return info.type().tensor_type().shape().dim(0).dim_param();
  };
  EXPECT_EQ(rows(proto.graph().input(0)), "tokens");
  EXPECT_EQ(rows(proto.graph().input(1)), "batch+1");
  EXPECT_EQ(rows(proto.graph().output(0)), "batch");
  EXPECT_EQ(rows(proto.graph().output(1)), "batch+1");
  std::map<std::string, int> counts = count_operators(model);
  EXPECT_EQ(counts["Shape"], 1);
  EXPECT_EQ(counts["Sub"], 1);  // the batch is found once, from what has one more
}

TEST(OnnxLowering, WeightsThatAreComputed) {
  GraphBuilder graph("g");
  const ValueId x = graph.input("x", DType::F32, {kBatch, kSeq, 2});
  const ValueId weight = graph.silu(graph.parameter("weight", {3, 2}));
  graph.output("y", graph.linear(x, weight, graph.silu(graph.parameter("bias", {3}))));
  const ir::Graph built = graph.build();
  for (const OnnxFlavour& flavour : onnx_flavours()) lowered(built, flavour.runtime);
  testing::expect_error(ErrorKind::Unsupported, "must be a parameter",
                        [&] { lowered(quantized(built, {})); });
}

TEST(OnnxLowering, LinearsOfOneValueShareItsIntegers) {
  const testing::TinyBert bert{
      "shared", testing::tiny_config(16, 2, 2, ir::Activation::GeluErf), false, {}, {}};
  std::map<std::string, int> counts = count_operators(lowered(quantized(bert.graph(), {})));
  EXPECT_EQ(counts["MatMulInteger"], 12);
  EXPECT_EQ(counts["DynamicQuantizeLinear"], 8);  // queries, keys and values read the same
}

// Runtimes that convert an fp32 model to bf16 may round the bias in one place and not in another.
TEST(OnnxLowering, BiasOfHiddenKeysIsExactInBf16) {
  const onnx::ModelProto proto = parse(lowered(testing::tiny_berts().front().graph(), "openvino"));
  const auto& nodes = proto.graph().node();
  const auto product = std::find_if(nodes.begin(), nodes.end(), [](const onnx::NodeProto& node) {
    return node.output(0) == "attention_mask.bias";
  });
  ASSERT_NE(product, nodes.end());
  const auto& tensors = proto.graph().initializer();
  const auto constant = std::find_if(tensors.begin(), tensors.end(), [&](const onnx::TensorProto& tensor) {
    return tensor.name() == product->input(1);
  });
  ASSERT_NE(constant, tensors.end());
  float bias = 0;
  ASSERT_EQ(constant->raw_data().size(), sizeof(bias));
  std::memcpy(&bias, constant->raw_data().data(), sizeof(bias));
  EXPECT_LT(bias, -1e4F);
  EXPECT_EQ(bf16_to_float(float_to_bf16(bias)), bias);
}

TEST(OnnxLowering, UnknownFlavour) {
  testing::expect_error(ErrorKind::Internal, "'nothing'", [] { find_flavour("nothing"); });
}

TEST(OnnxLowering, MissingWeights) {
  const ir::Graph graph = testing::tiny_berts().front().graph();
  testing::MemoryParameters none;
  testing::expect_error(ErrorKind::Usage, "no tensor",
                        [&] { to_onnx(graph, none, find_flavour("openvino")); });
}

}  // namespace
}  // namespace medbench::lower
