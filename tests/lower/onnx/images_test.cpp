// Operations on images. That runtimes compute the right numbers is the conformance suite's business.
#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <stdexcept>
#include <vector>

#include "passes/passes.hpp"
#include "tests/lower/onnx/model_check.hpp"
#include "tests/support/image_graph.hpp"
#include "tests/support/parameters.hpp"

namespace medbench::lower {
namespace {

using ir::GraphBuilder;
using ir::kBatch;
using ir::PerDimension;
using ir::ValueId;
using ::testing::ElementsAre;
using ::testing::Pair;

onnx::ModelProto lowered(const ir::Graph& graph, std::string_view flavour = "onnxruntime") {
  testing::MemoryParameters weights{testing::random_parameters(graph, 1)};
  const OnnxModel model = to_onnx(graph, weights, find_flavour(flavour));
  expect_well_formed(model);
  return parse(model);
}

std::map<std::string, int> count_operators(const onnx::ModelProto& proto) {
  std::map<std::string, int> counts;
  for (const auto& node : proto.graph().node()) ++counts[node.op_type()];
  return counts;
}

const onnx::NodeProto& node_of(const onnx::ModelProto& proto, std::string_view op) {
  const auto& nodes = proto.graph().node();
  const auto found =
      std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.op_type() == op; });
  if (found == nodes.end()) throw std::runtime_error("no such node");
  return *found;
}

std::vector<float> numbers_of(const onnx::ModelProto& proto, std::string_view name) {
  for (const auto& tensor : proto.graph().initializer()) {
    if (tensor.name() != name) continue;
    std::vector<float> numbers(tensor.raw_data().size() / sizeof(float));
    std::memcpy(numbers.data(), tensor.raw_data().data(), tensor.raw_data().size());
    return numbers;
  }
  return {};
}

TEST(OnnxImages, EveryFlavourInEveryType) {
  for (const OnnxFlavour& flavour : onnx_flavours()) {
    for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
      const auto proto =
          lowered(passes::lower_precision(testing::every_image_operation(), dtype), flavour.runtime);
      EXPECT_EQ(proto.graph().output(0).type().tensor_type().shape().dim(0).dim_param(), "batch");
    }
  }
}

// Before operator set 22 they are defined for other types alone.
TEST(OnnxImages, NothingThatLacksItReadsBf16) {
  const auto proto = lowered(passes::lower_precision(testing::every_image_operation(), DType::BF16));
  std::set<std::string> narrow;  // what is BF16
  for (const auto& tensor : proto.graph().initializer()) {
    if (tensor.data_type() == onnx::TensorProto::BFLOAT16) narrow.insert(tensor.name());
  }
  const std::set<std::string> have_bf16{"Cast", "Concat"};
  for (const auto& node : proto.graph().node()) {
    const bool reads = std::any_of(node.input().begin(), node.input().end(),
                                   [&](const std::string& name) { return narrow.contains(name); });
    EXPECT_TRUE(!reads || have_bf16.contains(node.op_type())) << node.name();
    const bool is_cast = node.op_type() == "Cast";
    if (is_cast ? node.attribute(0).i() == onnx::TensorProto::BFLOAT16 : reads) narrow.insert(node.output(0));
  }
  EXPECT_FALSE(narrow.empty());
}

std::map<std::string, int> adaptive(const PerDimension& from, const PerDimension& to,
                                    DType dtype = DType::F32) {
  GraphBuilder graph("g");
  ir::Shape shape{kBatch, 3};
  shape.insert(shape.end(), from.begin(), from.end());
  graph.output("y", graph.adaptive_average_pool(graph.input("x", dtype, shape), to));
  return count_operators(lowered(graph.build()));
}

TEST(OnnxImages, AdaptiveAveragesAreWindowsWhereSizesDivide) {
  EXPECT_THAT(adaptive({7, 5}, {1, 1}), ElementsAre(Pair("GlobalAveragePool", 1)));
  EXPECT_THAT(adaptive({8, 6}, {4, 2}), ElementsAre(Pair("AveragePool", 1)));
  EXPECT_THAT(adaptive({7, 5}, {4, 2}), ElementsAre(Pair("MatMul", 2)));
  EXPECT_THAT(adaptive({8, 5}, {4, 2}), ElementsAre(Pair("AveragePool", 1), Pair("MatMul", 1)));
  EXPECT_THAT(adaptive({5, 8, 8}, {2, 4, 4}),
              ElementsAre(Pair("AveragePool", 1), Pair("MatMul", 1), Pair("Reshape", 2)));
  EXPECT_THAT(adaptive({7, 5}, {4, 2}, DType::F16), ElementsAre(Pair("Cast", 2), Pair("MatMul", 2)));
}

TEST(OnnxImages, AdaptiveAveragesAreMatrices) {
  GraphBuilder graph("g");
  graph.output("y", graph.adaptive_average_pool(graph.input("x", DType::F32, {kBatch, 1, 1, 5}), {1, 3}));
  const auto proto = lowered(graph.build());
  EXPECT_THAT(numbers_of(proto, node_of(proto, "MatMul").input(1)),
              ElementsAre(0.5F, 0, 0, 0.5F, 1 / 3.0F, 0, 0, 1 / 3.0F, 0, 0, 1 / 3.0F, 0.5F, 0, 0, 0.5F));
}

TEST(OnnxImages, InstanceNormAlwaysHasScaleAndShift) {
  GraphBuilder graph("g");
  graph.output("y", graph.instance_norm(graph.input("x", DType::F32, {kBatch, 3, 4, 4}), 1e-5));
  const auto proto = lowered(graph.build());
  const auto& norm = node_of(proto, "InstanceNormalization");
  EXPECT_THAT(numbers_of(proto, norm.input(1)), ElementsAre(1, 1, 1));
  EXPECT_THAT(numbers_of(proto, norm.input(2)), ElementsAre(0, 0, 0));
}

TEST(OnnxImages, LeakyReluOfBf16IsThatOfF32) {
  GraphBuilder graph("g");
  graph.output("y", graph.leaky_relu(graph.input("x", DType::BF16, {kBatch, 3, 4, 4}), 0.1));
  EXPECT_THAT(count_operators(lowered(graph.build())), ElementsAre(Pair("Cast", 2), Pair("LeakyRelu", 1)));
}

// Runtimes look for this form, and make one node of it.
TEST(OnnxImages, SiluIsAProduct) {
  GraphBuilder graph("g");
  graph.output("y", graph.silu(graph.input("x", DType::F32, {kBatch, 3, 4, 4})));
  EXPECT_THAT(count_operators(lowered(graph.build())), ElementsAre(Pair("Mul", 1), Pair("Sigmoid", 1)));
}

TEST(OnnxImages, FlattenLeavesTheBatchToTheReshape) {
  GraphBuilder graph("g");
  graph.output("y", graph.flatten(graph.input("x", DType::F32, {kBatch, 3, 4, 5})));
  EXPECT_THAT(count_operators(lowered(graph.build())), ElementsAre(Pair("Reshape", 1)));
}

}  // namespace
}  // namespace medbench::lower
