// Linear layers in floating point, and activations.
#include <cmath>

#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {

// The scale of attention's products, for the linear layers that make queries and nothing else.
void Lowering::find_query_scales() {
  std::vector<int> uses(graph_.values.size());
  for (const ir::Node& node : graph_.nodes) {
    for (const ir::ValueId id : node.inputs) ++uses[id];
  }
  for (const ir::Output& output : graph_.outputs) ++uses[output.value];
  std::map<ir::ValueId, const ir::Node*> linears;  // by result
  for (const ir::Node& node : graph_.nodes) {
    if (const auto* attention = std::get_if<ir::Attention>(&node.op)) {
      const auto linear = linears.find(node.inputs.at(0));
      if (linear == linears.end()) continue;
      const double scale = attention_scale(value(node.output), attention->heads);
      int exponent = 0;
      const bool is_exact = std::frexp(scale, &exponent) == 0.5;
      // Weights of 16 bits are not rounded twice.
      if (is_exact || value(node.inputs[0]).dtype == DType::F32) output_scales_[node.inputs[0]] = scale;
      continue;
    }
    const auto* plain = std::get_if<ir::Linear>(&node.op);
    const auto* quantized = std::get_if<ir::QuantizedLinear>(&node.op);
    const bool is_bare =
        (plain != nullptr && plain->activation == ir::Activation::None && !plain->residual) ||
        (quantized != nullptr && quantized->activation == ir::Activation::None && !quantized->residual);
    const bool has_parameters = is_bare && value(node.inputs[1]).kind == ir::ValueKind::Parameter &&
                                value(node.inputs[2]).kind == ir::ValueKind::Parameter;
    if (has_parameters && uses[node.output] == 1) linears[node.output] = &node;
  }
}

double Lowering::output_scale(const ir::Node& node) const {
  const auto found = output_scales_.find(node.output);
  return found == output_scales_.end() ? 1 : found->second;
}

// A vector with one element an output channel.
std::string Lowering::bias(const ir::Node& node) {
  const ir::ValueId id = node.inputs.at(2);
  const double scale = output_scale(node);
  return scale == 1 ? own(id) : parameters_.scaled(id, scale);
}

NodeSpec Lowering::product(const ir::Node& node, Form form) {
  const std::string x = in_form(node.inputs.at(0), form);
  const ir::ValueId weight = node.inputs.at(1);
  const bool is_parameter = value(weight).kind == ir::ValueKind::Parameter;
  const std::string matrix = is_parameter ? parameters_.scaled(weight, output_scale(node)) : own(weight);
  switch (flavour_.linear) {
    case LinearForm::Gemm:
      return {"Gemm", {x, matrix, bias(node)}, {{"transB", std::int64_t{1}}}};
    case LinearForm::MatMulTransposed:
      break;
  }
  const std::string sums = step(node, "product", {"MatMul", {x, transpose(node, matrix)}});
  return {"Add", {sums, bias(node)}};
}

std::string Lowering::transpose(const ir::Node& node, const std::string& matrix) {
  return step(node, "weight", {"Transpose", {matrix}, {{"perm", std::vector<std::int64_t>{1, 0}}}});
}

void Lowering::finish_linear(const ir::Node& node, NodeSpec product, ir::Activation kind, bool residual,
                             Form form) {
  NodeSpec last = std::move(product);
  if (kind != ir::Activation::None) {
    last = activation(step(node, "linear", last), kind);
  }
  if (residual) {
    const std::string active = step(node, "active", last);
    last = {"Add", {active, in_form(node.inputs.at(3), form)}};
  }
  make(node, last, form);
}

void Lowering::lower(const ir::Node& node, const ir::Linear& op) {
  const Form form = flavour_.linear == LinearForm::Gemm ? Form::Flat : Form::Own;
  finish_linear(node, product(node, form), op.activation, op.residual, form);
}

NodeSpec Lowering::activation(const std::string& x, ir::Activation kind, double slope) const {
  switch (kind) {
    case ir::Activation::None:
      return {"Identity", {x}};
    case ir::Activation::GeluErf:
      return gelu(x, false);
    case ir::Activation::GeluTanh:
      return gelu(x, true);
    case ir::Activation::Relu:
      return {"Relu", {x}};
    case ir::Activation::Tanh:
      return {"Tanh", {x}};
    case ir::Activation::Sigmoid:
      return {"Sigmoid", {x}};
    case ir::Activation::LeakyRelu:
      return {"LeakyRelu", {x}, {{"alpha", slope}}};
    case ir::Activation::Silu:
      break;  // two nodes
  }
  throw internal_error("unknown activation");
}

NodeSpec Lowering::gelu(const std::string& x, bool by_tanh) const {
  if (flavour_.gelu == GeluForm::Microsoft) return {by_tanh ? "FastGelu" : "Gelu", {x}, {}, kMicrosoft};
  if (by_tanh) return {"Gelu", {x}, {{"approximate", std::string{"tanh"}}}};
  return {"Gelu", {x}};
}

}  // namespace medbench::lower
