#include "base/tensor.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <new>

#include "base/error.hpp"

namespace medbench {

std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::F64:
    case DType::I64:
      return 8;
    case DType::F32:
    case DType::I32:
      return 4;
    case DType::F16:
    case DType::BF16:
    case DType::I16:
      return 2;
    case DType::I8:
    case DType::U8:
    case DType::Bool:
      return 1;
  }
  throw internal_error("unknown data type {}", static_cast<int>(dtype));
}

std::string_view to_string(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return "F64";
    case DType::F32:
      return "F32";
    case DType::F16:
      return "F16";
    case DType::BF16:
      return "BF16";
    case DType::I64:
      return "I64";
    case DType::I32:
      return "I32";
    case DType::I16:
      return "I16";
    case DType::I8:
      return "I8";
    case DType::U8:
      return "U8";
    case DType::Bool:
      return "BOOL";
  }
  return "?";
}

bool is_floating_point(DType dtype) {
  return dtype == DType::F64 || dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
}

std::int64_t element_count(std::span<const std::int64_t> shape) {
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) {
    if (dim < 0) throw usage_error("shape {} has a negative dimension", shape_to_string(shape));
    if (__builtin_mul_overflow(count, dim, &count)) {
      throw usage_error("shape {} has more elements than can be addressed", shape_to_string(shape));
    }
  }
  return count;
}

std::string shape_to_string(std::span<const std::int64_t> shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ", ";
    out += std::to_string(shape[i]);
  }
  return out + "]";
}

float bf16_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

std::uint16_t float_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (value != value) return static_cast<std::uint16_t>((bits >> 16U) | 0x40U);  // keep NaN a NaN
  const std::uint32_t rounding = 0x7FFFU + ((bits >> 16U) & 1U);
  return static_cast<std::uint16_t>((bits + rounding) >> 16U);
}

float f16_to_float(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (bits >> 10U) & 0x1FU;
  const std::uint32_t mantissa = bits & 0x3FFU;
  if (exponent == 0x1F) return std::bit_cast<float>(sign | 0x7F800000U | (mantissa << 13U));
  if (exponent == 0) {  // zero or subnormal: mantissa x 2^-24, exact in fp32
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | ((exponent + 112U) << 23U) | (mantissa << 13U));
}

std::uint16_t float_to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16U) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);
  if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // rounds to infinity
  if (magnitude < 0x38800000U) {
    // Subnormal result: adding 0.5 makes the hardware round at bit 2^-24.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5F;
    return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3F000000U));
  }
  const std::uint32_t rounding = 0xFFFU + ((magnitude >> 13U) & 1U);
  return static_cast<std::uint16_t>(sign | ((magnitude + rounding - 0x38000000U) >> 13U));
}

namespace {

constexpr std::align_val_t kAlignment{64};

std::size_t byte_count(DType dtype, std::span<const std::int64_t> shape) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  if (count > std::numeric_limits<std::size_t>::max() / 2 / size_of(dtype))
    throw usage_error("a tensor of shape {} is too large for memory", shape_to_string(shape));
  return count * size_of(dtype);
}

}  // namespace

HostTensor::HostTensor(DType dtype, std::vector<std::int64_t> shape)
    : dtype_(dtype), shape_(std::move(shape)), size_(byte_count(dtype, shape_)) {
  data_ = {static_cast<std::byte*>(::operator new[](size_, kAlignment)),
           [](std::byte* bytes) { ::operator delete[](bytes, kAlignment); }};
  std::memset(data_.get(), 0, size_);
}

HostTensor::HostTensor(DType dtype, std::vector<std::int64_t> shape, std::byte* data, Release release)
    : dtype_(dtype),
      shape_(std::move(shape)),
      size_(byte_count(dtype, shape_)),
      data_(data, std::move(release)) {}

HostTensor* find_room(NamedTensors& tensors, const std::string& name, std::span<const std::int64_t> shape) {
  const auto found = tensors.find(name);
  if (found == tensors.end() || found->second.dtype() != DType::F32) return nullptr;
  return std::ranges::equal(found->second.shape(), shape) ? &found->second : nullptr;
}

HostTensor& make_room(NamedTensors& tensors, const std::string& name, std::span<const std::int64_t> shape) {
  if (HostTensor* const room = find_room(tensors, name, shape)) return *room;
  return tensors[name] = HostTensor(DType::F32, {shape.begin(), shape.end()});
}

namespace {

template <class T>
HostTensor from_values(DType dtype, std::vector<std::int64_t> shape, std::span<const T> values) {
  HostTensor tensor(dtype, std::move(shape));
  if (tensor.bytes().size() != values.size_bytes()) {
    throw internal_error("{} values given for a tensor of shape {}", values.size(),
                         shape_to_string(tensor.shape()));
  }
  if (!values.empty()) std::memcpy(tensor.bytes().data(), values.data(), values.size_bytes());
  return tensor;
}

void expect(DType have, DType wanted) {
  if (have != wanted) throw internal_error("a {} tensor was read as {}", to_string(have), to_string(wanted));
}

}  // namespace

HostTensor HostTensor::from_i64(std::vector<std::int64_t> shape, std::span<const std::int64_t> values) {
  return from_values(DType::I64, std::move(shape), values);
}

HostTensor HostTensor::from_f32(std::vector<std::int64_t> shape, std::span<const float> values) {
  return from_values(DType::F32, std::move(shape), values);
}

// The bytes are aligned and were written as this type.
std::span<float> HostTensor::f32() {
  expect(dtype_, DType::F32);
  return {reinterpret_cast<float*>(data_.get()), size_ / sizeof(float)};
}

std::span<const float> HostTensor::f32() const {
  expect(dtype_, DType::F32);
  return {reinterpret_cast<const float*>(data_.get()), size_ / sizeof(float)};
}

std::span<std::int64_t> HostTensor::i64() {
  expect(dtype_, DType::I64);
  return {reinterpret_cast<std::int64_t*>(data_.get()), size_ / sizeof(std::int64_t)};
}

std::span<const std::int64_t> HostTensor::i64() const {
  expect(dtype_, DType::I64);
  return {reinterpret_cast<const std::int64_t*>(data_.get()), size_ / sizeof(std::int64_t)};
}

namespace {

template <class Stored, class Convert>
void convert_all(std::span<const std::byte> data, std::span<float> values, Convert convert) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, data.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<float>(convert(stored));
  }
}

}  // namespace

void to_float(DType dtype, std::span<const std::byte> data, std::span<float> values) {
  if (data.size() != values.size() * size_of(dtype))
    throw internal_error("{} bytes of {} are not {} numbers", data.size(), to_string(dtype), values.size());
  const auto plain = [](auto value) { return value; };
  switch (dtype) {
    case DType::F64:
      return convert_all<double>(data, values, plain);
    case DType::F32:
      if (!data.empty()) std::memcpy(values.data(), data.data(), data.size());
      return;
    case DType::F16:
      return convert_all<std::uint16_t>(data, values, f16_to_float);
    case DType::BF16:
      return convert_all<std::uint16_t>(data, values, bf16_to_float);
    case DType::I64:
      return convert_all<std::int64_t>(data, values, plain);
    case DType::I32:
      return convert_all<std::int32_t>(data, values, plain);
    case DType::I16:
      return convert_all<std::int16_t>(data, values, plain);
    case DType::I8:
      return convert_all<std::int8_t>(data, values, plain);
    case DType::U8:
    case DType::Bool:
      return convert_all<std::uint8_t>(data, values, plain);
  }
  throw internal_error("unknown data type {}", static_cast<int>(dtype));
}

std::vector<float> to_float(const TensorView& tensor) {
  std::vector<float> values(tensor.data.size() / size_of(tensor.dtype));
  to_float(tensor.dtype, tensor.data, values);
  return values;
}

void from_float(std::span<const float> values, DType dtype, std::span<std::byte> bytes) {
  const bool known = dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
  if (!known || bytes.size() != values.size() * size_of(dtype))
    throw internal_error("{} numbers cannot be written as {} into {} bytes", values.size(), to_string(dtype),
                         bytes.size());
  if (dtype == DType::F32) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t bits = dtype == DType::F16 ? float_to_f16(values[i]) : float_to_bf16(values[i]);
    std::memcpy(bytes.data() + i * sizeof(bits), &bits, sizeof(bits));
  }
}

}  // namespace medbench
