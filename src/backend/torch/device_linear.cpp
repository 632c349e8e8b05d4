#include <ATen/ATen.h>

#include "backend/torch/program.hpp"

namespace medbench::torch_backend {

namespace {

// The product with the activation in its epilogue. cuBLAS offers ReLU and the tanh form of GELU; the exact
// form, with erf, is a call of its own.
LinearForm with_epilogue(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias) {
  const bool gelu = linear.activation == ir::Activation::GeluTanh;
  return {[transposed = weight.t(), bias, gelu](const at::Tensor& x, const at::Tensor& residual) {
            std::vector<std::int64_t> shape = x.sizes().vec();
            shape.back() = bias.size(0);
            const at::Tensor rows = x.reshape({-1, x.size(-1)});
            at::Tensor y = at::_addmm_activation(bias, rows, transposed, 1, 1, gelu).view(shape);
            return residual.defined() ? y.add_(residual) : y;
          },
          gelu ? "at::_addmm_activation.gelu" : "at::_addmm_activation.relu"};
}

}  // namespace

LinearForm make_device_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias) {
  const auto activation = linear.activation;
  if (activation == ir::Activation::GeluTanh || activation == ir::Activation::Relu)
    return with_epilogue(linear, weight, bias);
  // The bias is part of the product's epilogue.
  const std::string kernel =
      activation == ir::Activation::None ? "at::linear" : "at::linear, activation in place";
  return {[activation, weight, bias](const at::Tensor& x, const at::Tensor& residual) {
            at::Tensor y = at::linear(x, weight, bias);
            if (activation == ir::Activation::GeluErf) {
              at::gelu_(y);
            } else if (activation != ir::Activation::None) {
              y = activate(activation, y);
            }
            return residual.defined() ? y.add_(residual) : y;
          },
          kernel};
}

}  // namespace medbench::torch_backend
