#include "backend/torch/tensors.hpp"

#include <ATen/ATen.h>
#include <cstdint>

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

at::Tensor staging_tensor(at::IntArrayRef shape, at::ScalarType type, c10::Device device) {
  return at::empty(shape, at::TensorOptions().dtype(type).pinned_memory(device.is_cuda()));
}

at::Tensor view_of(HostTensor& tensor) {
  return at::from_blob(tensor.bytes().data(), tensor.shape(),
                       at::TensorOptions().dtype(scalar_type(tensor.dtype())));
}

at::Tensor view_of(const HostTensor& tensor) {
  // Nobody writes through it.
  auto* bytes = const_cast<std::byte*>(tensor.bytes().data());
  return at::from_blob(bytes, tensor.shape(), at::TensorOptions().dtype(scalar_type(tensor.dtype())));
}

void to_host(const at::Tensor& tensor, const std::string& name, NamedTensors& outputs) {
  HostTensor* room = find_room(outputs, name, tensor.sizes());
  if (room == nullptr) {
    const at::Tensor memory = staging_tensor(tensor.sizes(), at::kFloat, tensor.device());
    auto* bytes = static_cast<std::byte*>(memory.mutable_data_ptr());
    room = &(outputs[name] = HostTensor(DType::F32, tensor.sizes().vec(), bytes, [memory](std::byte*) {}));
  }
  view_of(*room).copy_(tensor);
}

}  // namespace medbench::torch_backend
