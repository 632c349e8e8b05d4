#include "backend/openvino/tensors.hpp"

#include <array>
#include <cstring>
#include <openvino/core/type/element_type.hpp>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace medbench::openvino_backend {

namespace {

const std::array<std::pair<DType, ov::element::Type>, 10> kTypes{{{DType::F64, ov::element::f64},
                                                                  {DType::F32, ov::element::f32},
                                                                  {DType::F16, ov::element::f16},
                                                                  {DType::BF16, ov::element::bf16},
                                                                  {DType::I64, ov::element::i64},
                                                                  {DType::I32, ov::element::i32},
                                                                  {DType::I16, ov::element::i16},
                                                                  {DType::I8, ov::element::i8},
                                                                  {DType::U8, ov::element::u8},
                                                                  {DType::Bool, ov::element::boolean}}};

}  // namespace

ov::Tensor to_openvino(const HostTensor& tensor) {
  for (const auto& [dtype, type] : kTypes) {
    if (dtype != tensor.dtype()) continue;
    ov::Tensor result(type, ov::Shape(tensor.shape().begin(), tensor.shape().end()));
    if (!tensor.bytes().empty()) std::memcpy(result.data(), tensor.bytes().data(), tensor.bytes().size());
    return result;
  }
  throw internal_error("openvino has no type for {}", to_string(tensor.dtype()));
}

HostTensor to_host(const ov::Tensor& tensor) {
  const ov::Shape& shape = tensor.get_shape();
  std::vector<std::int64_t> extents(shape.begin(), shape.end());
  for (const auto& [dtype, type] : kTypes) {
    if (type != tensor.get_element_type()) continue;
    const auto* bytes = static_cast<const std::byte*>(tensor.data());
    const std::vector<float> values = to_float({dtype, extents, {bytes, tensor.get_byte_size()}});
    return HostTensor::from_f32(std::move(extents), values);
  }
  throw internal_error("openvino gave an output of type {}", tensor.get_element_type().get_type_name());
}

}  // namespace medbench::openvino_backend
