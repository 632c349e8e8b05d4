#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "backend/torch/onednn.hpp"
#include "backend/torch/program.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// oneDNN's linear layer with packed weights and a fused activation or addition: what the inductor calls.
struct OneDnn {
  using Reorder = at::Tensor(const at::Tensor&, std::optional<std::int64_t>);
  using Pointwise = at::Tensor(const at::Tensor&, const at::Tensor&, const std::optional<at::Tensor>&,
                               c10::string_view, c10::List<std::optional<at::Scalar>>,
                               std::optional<c10::string_view>);
  using Binary = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&,
                            const std::optional<at::Tensor>&, c10::string_view);

  c10::TypedOperatorHandle<Reorder> reorder;
  c10::TypedOperatorHandle<Pointwise> pointwise;
  c10::TypedOperatorHandle<Binary> binary;

  static OneDnn find() {
    auto& dispatcher = c10::Dispatcher::singleton();
    return {dispatcher.findSchemaOrThrow("mkldnn::_reorder_linear_weight", "").typed<Reorder>(),
            dispatcher.findSchemaOrThrow("mkldnn::_linear_pointwise", "").typed<Pointwise>(),
            dispatcher.findSchemaOrThrow("mkldnn::_linear_pointwise", "binary").typed<Binary>()};
  }
};

}  // namespace

at::Tensor activate(ir::Activation activation, const at::Tensor& x, double slope) {
  switch (activation) {
    case ir::Activation::None:
      return x;
    case ir::Activation::GeluErf:
      return at::gelu(x);
    case ir::Activation::GeluTanh:
      return at::gelu(x, "tanh");
    case ir::Activation::Relu:
      return at::relu(x);
    case ir::Activation::Tanh:
      return at::tanh(x);
    case ir::Activation::Silu:
      return at::silu(x);
    case ir::Activation::Sigmoid:
      return at::sigmoid(x);
    case ir::Activation::LeakyRelu:
      return at::leaky_relu(x, slope);
  }
  throw internal_error("unknown activation");
}

LayerForm make_plain_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias) {
  const auto activation = linear.activation;
  return {[activation, weight = weight.contiguous(), bias](const at::Tensor& x, const at::Tensor& residual) {
            at::Tensor y = activate(activation, at::linear(x, weight, bias));
            return residual.defined() ? y.add_(residual) : y;
          },
          "at::linear"};
}

LayerForm make_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias,
                      std::int64_t rows) {
  const auto activation = linear.activation;
  if (!onednn_has(weight.scalar_type())) return make_plain_linear(linear, weight, bias);
  const OneDnn ops = OneDnn::find();
  const at::Tensor packed = ops.reorder.call(weight, rows);
  if (linear.residual && activation == ir::Activation::None) {
    return {[ops, packed, bias](const at::Tensor& x, const at::Tensor& residual) {
              return ops.binary.call(x, residual, packed, bias, "add");
            },
            "mkldnn::_linear_pointwise.binary"};
  }
  const OneDnnAttribute attribute = onednn_attribute({.activation = activation});
  return {[ops, packed, bias, attribute](const at::Tensor& x, const at::Tensor& residual) {
            at::Tensor y =
                ops.pointwise.call(x, packed, bias, attribute.name, attribute.scalars, attribute.algorithm);
            return residual.defined() ? y.add_(residual) : y;
          },
          "mkldnn::_linear_pointwise"};
}

}  // namespace medbench::torch_backend
