// Tensors in host memory: a data type, a shape and bytes, row-major and contiguous. No arithmetic and no
// device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace medbench {

enum class DType { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool };

std::size_t size_of(DType dtype);
// Names as safetensors spells them: "F32", "BF16", "I64", "BOOL" ...
std::string_view to_string(DType dtype);
bool is_floating_point(DType dtype);

// Product of the dimensions; throws Usage when one is negative or the product does not fit into 63 bits.
std::int64_t element_count(std::span<const std::int64_t> shape);
// "[4, 128, 768]"
std::string shape_to_string(std::span<const std::int64_t> shape);

float bf16_to_float(std::uint16_t bits);
std::uint16_t float_to_bf16(float value);  // round to nearest even
float f16_to_float(std::uint16_t bits);
std::uint16_t float_to_f16(float value);  // round to nearest even

// Does not own its bytes. `data` may be less aligned than the type demands (safetensors only promises 8
// bytes).
struct TensorView {
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  std::span<const std::byte> data;
};

// Owns its bytes (aligned to 64).
class HostTensor {
 public:
  using Release = std::function<void(std::byte*)>;

  HostTensor() = default;
  HostTensor(DType dtype, std::vector<std::int64_t> shape);  // zero-filled
  // Over memory of another kind, such as that which a device can copy to directly; as large as the shape
  // says, and given back by `release`.
  HostTensor(DType dtype, std::vector<std::int64_t> shape, std::byte* data, Release release);

  static HostTensor from_i64(std::vector<std::int64_t> shape, std::span<const std::int64_t> values);
  static HostTensor from_f32(std::vector<std::int64_t> shape, std::span<const float> values);

  [[nodiscard]] DType dtype() const { return dtype_; }
  [[nodiscard]] const std::vector<std::int64_t>& shape() const { return shape_; }
  [[nodiscard]] std::span<std::byte> bytes() { return {data_.get(), size_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_.get(), size_}; }
  [[nodiscard]] TensorView view() const { return {dtype_, shape_, bytes()}; }

  // Typed access; throws Internal when the type does not match.
  [[nodiscard]] std::span<float> f32();
  [[nodiscard]] std::span<const float> f32() const;
  [[nodiscard]] std::span<std::int64_t> i64();
  [[nodiscard]] std::span<const std::int64_t> i64() const;

 private:
  DType dtype_ = DType::F32;
  std::vector<std::int64_t> shape_;
  std::size_t size_ = 0;
  std::unique_ptr<std::byte[], Release> data_;
};

using NamedTensors = std::map<std::string, HostTensor>;

// Null where there is no such tensor of F32 and that shape, which could be written in place.
HostTensor* find_room(NamedTensors& tensors, const std::string& name, std::span<const std::int64_t> shape);
// The same, made where it was missing.
HostTensor& make_room(NamedTensors& tensors, const std::string& name, std::span<const std::int64_t> shape);

// Converts any floating-point (or integer) view to float, element by element.
std::vector<float> to_float(const TensorView& tensor);
// Throws Internal where `values` is of another size.
void to_float(DType dtype, std::span<const std::byte> data, std::span<float> values);
// The way back: writes `values` as F32, F16 or BF16, rounded to nearest even. Throws Internal for another
// type or for a span of another size.
void from_float(std::span<const float> values, DType dtype, std::span<std::byte> bytes);

}  // namespace medbench
