#include "backend/torch/tensors.hpp"

#include <ATen/ATen.h>
#include <cstdint>
#include <limits>

#include "base/error.hpp"

namespace medbench::torch_backend {

at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return at::kDouble;
    case DType::F32:
      return at::kFloat;
    case DType::F16:
      return at::kHalf;
    case DType::BF16:
      return at::kBFloat16;
    case DType::I64:
      return at::kLong;
    case DType::I32:
      return at::kInt;
    case DType::I16:
      return at::kShort;
    case DType::I8:
      return at::kChar;
    case DType::U8:
      return at::kByte;
    case DType::Bool:
      return at::kBool;
  }
  throw internal_error("unknown data type");
}

at::Tensor wrap(const ir::ParameterData& data) {
  const auto type = scalar_type(data.view.dtype);
  // ATen never writes through a weight.
  void* bytes = const_cast<std::byte*>(data.view.data.data());
  auto tensor = at::from_blob(
      bytes, data.view.shape, [owner = data.owner](void*) {}, at::TensorOptions().dtype(type));
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes) % size_of(data.view.dtype) == 0;
  return aligned ? tensor : tensor.clone();
}

HostTensor to_host(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.to(at::kCPU, at::kFloat).contiguous();
  return HostTensor::from_f32(plain.sizes().vec(),
                              {plain.const_data_ptr<float>(), static_cast<std::size_t>(plain.numel())});
}

at::Tensor to_torch(const HostTensor& tensor) {
  auto* bytes = const_cast<std::byte*>(tensor.bytes().data());
  return at::from_blob(bytes, tensor.shape(), at::TensorOptions().dtype(scalar_type(tensor.dtype()))).clone();
}

at::Tensor to_attention_mask(const HostTensor& mask, c10::Device device, at::ScalarType type) {
  at::Tensor visible = to_torch(mask).ne(0);
  if (visible.all().item<bool>()) return {};
  if (device.is_cpu()) return visible;
  constexpr double kHidden = -std::numeric_limits<double>::infinity();
  return at::zeros(visible.sizes(), at::kFloat)
      .masked_fill(visible.logical_not(), kHidden)
      .to(type)
      .to(device);
}

}  // namespace medbench::torch_backend
