// Linear layers in floating point, and activations.
#include <cmath>
#include <numbers>

#include "base/error.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {

NodeSpec Lowering::product(const ir::Node& node, Form form) {
  const std::string x = in_form(node.inputs.at(0), form);
  const ir::ValueId weight = node.inputs.at(1);
  const std::string bias = own(node.inputs.at(2));
  const bool is_parameter = value(weight).kind == ir::ValueKind::Parameter;
  NodeSpec matmul{"MatMul", {x}};
  switch (flavour_.linear) {
    case LinearForm::Gemm:
      return {"Gemm", {x, own(weight), bias}, {{"transB", std::int64_t{1}}}};
    case LinearForm::FusedMatMul:
      matmul = {"FusedMatMul", {x, own(weight)}, {{"transB", std::int64_t{1}}}, kMicrosoft};
      break;
    case LinearForm::MatMul:
      if (is_parameter) {
        matmul.inputs.push_back(transposed_parameter(weight));
        break;
      }
      [[fallthrough]];
    case LinearForm::MatMulTransposed:
      matmul.inputs.push_back(
          step(node, "weight", {"Transpose", {own(weight)}, {{"perm", std::vector<std::int64_t>{1, 0}}}}));
      break;
  }
  return {"Add", {step(node, "product", std::move(matmul)), bias}};
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
