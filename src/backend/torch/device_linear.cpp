#include <ATen/ATen.h>

#include "backend/torch/program.hpp"

namespace medbench::torch_backend {

namespace {

// The product with the activation in its epilogue. cuBLAS offers ReLU and the tanh form of GELU; the exact
// form, with erf, is a call of its own.
LayerForm with_epilogue(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias) {
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

// The bias is part of the product's epilogue; GELU follows in place.
LayerForm with_gelu(const at::Tensor& weight, const at::Tensor& bias, std::shared_ptr<Kernels> kernels) {
  const bool own = kernels != nullptr && Kernels::gelu_takes(bias.size(0));
  if (!own) kernels = nullptr;
  return {[weight, bias, kernels = std::move(kernels)](const at::Tensor& x, const at::Tensor& residual) {
            at::Tensor y = at::linear(x, weight, bias);
            if (kernels != nullptr) {
              kernels->gelu(y);
            } else {
              at::gelu_(y);
            }
            return residual.defined() ? y.add_(residual) : y;
          },
          own ? "at::linear, medbench::gelu" : "at::linear, at::gelu_"};
}

}  // namespace

LayerForm make_device_linear(const ir::Linear& linear, const at::Tensor& weight, const at::Tensor& bias,
                             std::shared_ptr<Kernels> kernels) {
  switch (linear.activation) {
    case ir::Activation::GeluTanh:
    case ir::Activation::Relu:
      return with_epilogue(linear, weight, bias);
    case ir::Activation::GeluErf:
      return with_gelu(weight, bias, std::move(kernels));
    case ir::Activation::None:
    case ir::Activation::Tanh:
    case ir::Activation::Silu:
    case ir::Activation::Sigmoid:
    case ir::Activation::LeakyRelu:
      break;
  }
  return make_plain_linear(linear, weight, bias);
}

}  // namespace medbench::torch_backend
