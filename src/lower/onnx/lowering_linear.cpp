// Linear layers in floating point, and activations.
#include <cmath>
#include <numbers>

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
      const double scale = attention_scale(value(node.output), *attention);
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
  const auto matrix = [&](Layout layout) {
    return is_parameter ? parameters_.matrix(weight, layout, output_scale(node)) : own(weight);
  };
  const Attribute transposed{"transB", std::int64_t{1}};
  NodeSpec matmul{"MatMul", {x}};
  switch (flavour_.linear) {
    case LinearForm::Gemm:
      return {"Gemm", {x, matrix(Layout::OutIn), bias(node)}, {transposed}};
    case LinearForm::FusedMatMul:
      matmul = {"FusedMatMul", {x, matrix(Layout::OutIn)}, {transposed}, kMicrosoft};
      break;
    case LinearForm::MatMul:
      if (is_parameter) {
        matmul.inputs.push_back(matrix(Layout::InOut));
        break;
      }
      [[fallthrough]];
    case LinearForm::MatMulTransposed:
      matmul.inputs.push_back(transpose(node, matrix(Layout::OutIn)));
      break;
  }
  return {"Add", {step(node, "product", std::move(matmul)), bias(node)}};
}

std::string Lowering::transpose(const ir::Node& node, const std::string& matrix) {
  return step(node, "weight", {"Transpose", {matrix}, {{"perm", std::vector<std::int64_t>{1, 0}}}});
}

void Lowering::finish_linear(const ir::Node& node, NodeSpec product, ir::Activation kind, bool residual,
                             Form form) {
  NodeSpec last = std::move(product);
  if (kind != ir::Activation::None) {
    last = activation(node, step(node, "linear", std::move(last)), kind);
  }
  if (residual) {
    const std::string active = step(node, "active", std::move(last));
    last = {"Add", {active, in_form(node.inputs.at(3), form)}};
  }
  make(node, std::move(last), form);
}

void Lowering::lower(const ir::Node& node, const ir::Linear& op) {
  const Form form = flavour_.linear == LinearForm::Gemm ? Form::Flat : Form::Own;
  finish_linear(node, product(node, form), op.activation, op.residual, form);
}

NodeSpec Lowering::activation(const ir::Node& node, const std::string& x, ir::Activation kind) {
  switch (kind) {
    case ir::Activation::None:
      return {"Identity", {x}};
    case ir::Activation::GeluErf:
      return gelu_erf(node, x);
    case ir::Activation::GeluTanh:
      return gelu_tanh(node, x);
    case ir::Activation::Relu:
      return {"Relu", {x}};
    case ir::Activation::Tanh:
      return {"Tanh", {x}};
  }
  throw internal_error("unknown activation");
}

// x * (1 + erf(x / sqrt 2)) / 2, in the order of operations that optimisers look for.
NodeSpec Lowering::gelu_erf(const ir::Node& node, const std::string& x) {
  if (flavour_.gelu == GeluForm::Standard) return {"Gelu", {x}};
  if (flavour_.gelu == GeluForm::Microsoft) return {"Gelu", {x}, {}, kMicrosoft};
  const DType dtype = value(node.output).dtype;
  const std::string scaled =
      step(node, "gelu.scaled", {"Div", {x, model_.constant(std::numbers::sqrt2, dtype)}});
  const std::string erf = step(node, "gelu.erf", {"Erf", {scaled}});
  const std::string shifted = step(node, "gelu.shifted", {"Add", {erf, model_.constant(1, dtype)}});
  const std::string gated = step(node, "gelu.gated", {"Mul", {x, shifted}});
  return {"Mul", {gated, model_.constant(0.5, dtype)}};
}

// x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2
NodeSpec Lowering::gelu_tanh(const ir::Node& node, const std::string& x) {
  if (flavour_.gelu == GeluForm::Standard) return {"Gelu", {x}, {{"approximate", std::string{"tanh"}}}};
  if (flavour_.gelu == GeluForm::Microsoft) return {"FastGelu", {x}, {}, kMicrosoft};
  const DType dtype = value(node.output).dtype;
  const auto number = [&](double value) { return model_.constant(value, dtype); };
  const std::string cube = step(node, "gelu.cube", {"Pow", {x, number(3)}});
  const std::string bent = step(node, "gelu.bent", {"Mul", {cube, number(0.044715)}});
  const std::string inner = step(node, "gelu.inner", {"Add", {x, bent}});
  const std::string scaled =
      step(node, "gelu.scaled", {"Mul", {inner, number(std::sqrt(2 / std::numbers::pi))}});
  const std::string tanh = step(node, "gelu.tanh", {"Tanh", {scaled}});
  const std::string shifted = step(node, "gelu.shifted", {"Add", {tanh, number(1)}});
  const std::string gated = step(node, "gelu.gated", {"Mul", {x, shifted}});
  return {"Mul", {gated, number(0.5)}};
}

}  // namespace medbench::lower
