#include "tests/support/golden.hpp"

#include <gtest/gtest.h>

#include "passes/passes.hpp"
#include "tests/lower/onnx/model_text.hpp"
#include "tests/support/image_graph.hpp"
#include "tests/support/parameters.hpp"
#include "tests/support/tiny_bert.hpp"

namespace medbench::lower {
namespace {

ir::Graph tiny_graph() {
  const EncoderConfig config =
      testing::tiny_config(16, 1, 1, ir::Activation::GeluErf, Head::SequenceClassification);
  return build_bert(config, false, "tiny");
}

// Linears with each kind of input, one after the other.
ir::Graph quantized(ir::Graph graph) {
  std::size_t count = 0;
  for (ir::Node& node : graph.nodes) {
    if (!std::holds_alternative<ir::Linear>(node.op)) continue;
    ir::QuantizedLinear op;
    if (count == 3) op.input = ir::ActivationQuantization::None;
    if (count == 4) op = {.input = ir::ActivationQuantization::Static, .input_min = -1, .input_max = 2};
    if (count == 5) op.activation_max = 127;
    node.op = op;
    ++count;
  }
  return graph;
}

std::string text(const ir::Graph& graph, std::string_view flavour) {
  testing::MemoryParameters weights{testing::random_parameters(graph, 1)};
  return to_text(to_onnx(graph, weights, find_flavour(flavour)));
}

TEST(OnnxGolden, OnnxRuntime) {
  testing::expect_golden("onnx_tiny_onnxruntime.txt", text(tiny_graph(), "onnxruntime"));
}

TEST(OnnxGolden, OnnxRuntimeQuantized) {
  testing::expect_golden("onnx_tiny_onnxruntime_int8.txt", text(quantized(tiny_graph()), "onnxruntime"));
}

TEST(OnnxGolden, OpenVino) {
  testing::expect_golden("onnx_tiny_openvino.txt", text(tiny_graph(), "openvino"));
}

TEST(OnnxGolden, Images) {
  testing::expect_golden("onnx_images.txt", text(testing::every_image_operation(), "onnxruntime"));
}

TEST(OnnxGolden, OpenVinoQuantizedInBf16) {
  const ir::Graph graph = passes::lower_precision(quantized(tiny_graph()), DType::BF16);
  testing::expect_golden("onnx_tiny_openvino_int8_bf16.txt", text(graph, "openvino"));
}

}  // namespace
}  // namespace medbench::lower
