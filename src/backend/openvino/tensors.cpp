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

ov::Tensor make_tensor(DType dtype, const std::vector<std::int64_t>& shape) {
  for (const auto& [ours, type] : kTypes) {
    if (ours == dtype) return {type, ov::Shape(shape.begin(), shape.end())};
  }
  throw internal_error("openvino has no type for {}", to_string(dtype));
}

void write_tensor(const HostTensor& values, ov::Tensor tensor) {
  if (values.bytes().size() != tensor.get_byte_size())
    throw internal_error("openvino: {} bytes were given for an input of {}", values.bytes().size(),
                         tensor.get_byte_size());
  if (!values.bytes().empty()) std::memcpy(tensor.data(), values.bytes().data(), values.bytes().size());
}

void read_tensor(const ov::Tensor& tensor, const std::string& name, NamedTensors& outputs) {
  const ov::Shape& shape = tensor.get_shape();
  const std::vector<std::int64_t> extents(shape.begin(), shape.end());
  for (const auto& [dtype, type] : kTypes) {
    if (type != tensor.get_element_type()) continue;
    const auto* bytes = static_cast<const std::byte*>(tensor.data());
    return to_float(dtype, {bytes, tensor.get_byte_size()}, make_room(outputs, name, extents).f32());
  }
  throw internal_error("openvino gave an output of type {}", tensor.get_element_type().get_type_name());
}

}  // namespace medbench::openvino_backend
