#include "backend/torch/onednn.hpp"

#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include "base/error.hpp"

namespace medbench::torch_backend {

bool onednn_has(at::ScalarType type) {
  if (!at::globalContext().hasMKLDNN() || !at::globalContext().userEnabledMkldnn()) return false;
  if (type == at::kFloat) return true;
  if (type != at::kBFloat16) return false;
  auto& dispatcher = c10::Dispatcher::singleton();
  const auto supported = dispatcher.findSchema({"mkldnn::_is_mkldnn_bf16_supported", ""});
  return supported && supported->typed<bool()>().call();
}

OneDnnAttribute onednn_attribute(const ir::Activate& activation) {
  switch (activation.activation) {
    case ir::Activation::None:
      return {"none"};
    case ir::Activation::GeluErf:
      return {"gelu", "none"};
    case ir::Activation::GeluTanh:
      return {"gelu", "tanh"};
    case ir::Activation::Relu:
      return {"relu"};
    case ir::Activation::Tanh:
      return {"tanh"};
    case ir::Activation::Silu:
      return {"swish"};
    case ir::Activation::Sigmoid:
      return {"sigmoid"};
    case ir::Activation::LeakyRelu:
      return {"leaky_relu", std::nullopt, OneDnnScalars({std::optional(at::Scalar(activation.slope))})};
  }
  throw internal_error("unknown activation");
}

}  // namespace medbench::torch_backend
