#include "backend/torch/byte_convolution.hpp"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/quantized/Quantizer.h>
#include <optional>
#include <utility>

#include "backend/torch/images.hpp"
#include "backend/torch/onednn.hpp"

namespace medbench::torch_backend {

namespace {

using Sizes = std::vector<std::int64_t>;
using List = c10::List<std::int64_t>;

// The operators have no C++ declaration; they are found by name.
using Prepack = at::Tensor(at::Tensor, at::Tensor, double, std::int64_t, List, List, List, std::int64_t,
                           std::optional<List>);
using Pointwise = at::Tensor(at::Tensor, double, std::int64_t, at::Tensor, at::Tensor, at::Tensor,
                             std::optional<at::Tensor>, List, List, List, std::int64_t, double, std::int64_t,
                             std::optional<at::ScalarType>, c10::string_view, OneDnnScalars,
                             std::optional<c10::string_view>);
using Binary = at::Tensor(at::Tensor, double, std::int64_t, at::Tensor, at::Tensor, at::Tensor, at::Tensor,
                          std::optional<at::Tensor>, List, List, List, std::int64_t, double, std::int64_t,
                          std::optional<at::ScalarType>, double, std::int64_t, c10::string_view,
                          std::optional<at::Scalar>, std::optional<c10::string_view>, OneDnnScalars,
                          std::optional<c10::string_view>);

constexpr const char* kPlane = "onednn::qconv2d_pointwise";
constexpr const char* kVolume = "onednn::qconv3d_pointwise";

template <class Function>
c10::TypedOperatorHandle<Function> find(const char* name, const char* overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Function>();
}

List list(const Sizes& numbers) {
  List result;
  for (const std::int64_t number : numbers) result.push_back(number);
  return result;
}

at::Tensor copied(const void* data, at::IntArrayRef shape, at::ScalarType type) {
  return at::from_blob(const_cast<void*>(data), shape, at::TensorOptions().dtype(type)).clone();
}

// Of the quantized tensor's own memory, which the result keeps alive.
at::Tensor bytes_of(at::Tensor quantized) {
  void* data = quantized.data_ptr();
  const Sizes sizes = quantized.sizes().vec();
  const Sizes strides = quantized.strides().vec();
  return at::from_blob(
      data, sizes, strides, [owner = std::move(quantized)](void*) {}, at::TensorOptions().dtype(at::kByte));
}

}  // namespace

bool has_byte_convolution() {
  auto& dispatcher = c10::Dispatcher::singleton();
  return at::globalContext().hasMKLDNN() && dispatcher.findSchema({kPlane, "binary"}).has_value() &&
         dispatcher.findSchema({kVolume, ""}).has_value();
}

at::Tensor to_bytes(const at::Tensor& x, const ir::ActivationScale& scale) {
  const at::Tensor ordered = x.contiguous(memory_format(x.dim(), true));
  at::Tensor bytes =
      bytes_of(at::quantize_per_tensor(ordered, double{scale.scale}, scale.zero_point, at::kQUInt8));
  if (scale.largest < ir::kLargestActivation) bytes.clamp_max_(scale.largest);
  return bytes;
}

// A maximum is the same whatever the bytes mean.
at::Tensor byte_max_pool(const ir::Pool& op, const at::Tensor& x) {
  const at::Tensor ordered = x.contiguous(memory_format(x.dim(), true));
  const at::Tensor quantized = at::from_blob_quantized_per_tensor_affine(
      ordered.data_ptr(), ordered.sizes(), ordered.strides(), [](void*) {}, 1, 0,
      at::TensorOptions().dtype(at::kQUInt8));
  const Sizes dilation(op.kernel.size(), 1);
  return bytes_of(at::quantized_max_pool2d(quantized, op.kernel, op.stride, op.padding, dilation, false));
}

ByteForm make_byte_convolution(const ir::QuantizedConvolution& op, const ir::QuantizedWeight& weight,
                               const Sizes& filters, const at::Tensor& bias, const ir::ActivationScale& scale,
                               const Sizes& input, const ByteLayer& layer) {
  const ir::Convolution& window = op.window;
  const at::Tensor scales = copied(weight.scales.data(), {weight.out}, at::kFloat);
  const at::Tensor zero_points = at::zeros({weight.out}, at::TensorOptions().dtype(at::kInt));
  const List stride = list(window.stride);
  const List padding = list(window.padding);
  const List dilation = list(window.dilation);
  const at::Tensor packed =
      find<Prepack>("onednn::qconv_prepack")
          .call(copied(weight.integers.data(), filters, at::kChar), scales, double{scale.scale},
                scale.zero_point, stride, padding, dilation, window.groups, list(input));
  const auto added = bias.defined() ? std::optional(bias) : std::nullopt;
  const at::ScalarType type = layer.result ? at::kByte : at::kFloat;
  const ir::ActivationScale result = layer.result.value_or(ir::ActivationScale{});
  if (layer.addend) {
    return {[=, groups = window.groups, addend_scale = *layer.addend, call = find<Binary>(kPlane, "binary")](
                const at::Tensor& x, const at::Tensor& addend) {
              return call.call(x, double{scale.scale}, scale.zero_point, packed, scales, zero_points, addend,
                               added, stride, padding, dilation, groups, double{result.scale},
                               result.zero_point, type, double{addend_scale.scale}, addend_scale.zero_point,
                               "sum", 1.0, "none", OneDnnScalars(), "");
            },
            std::string(kPlane) + ".binary"};
  }
  const char* name = filters.size() == 4 ? kPlane : kVolume;
  return {[=, groups = window.groups, call = find<Pointwise>(name)](const at::Tensor& x, const at::Tensor&) {
            return call.call(x, double{scale.scale}, scale.zero_point, packed, scales, zero_points, added,
                             stride, padding, dilation, groups, double{result.scale}, result.zero_point, type,
                             "none", OneDnnScalars(), "");
          },
          name};
}

}  // namespace medbench::torch_backend
