#include "backend/torch/input_room.hpp"

#include <ATen/ATen.h>
#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "backend/torch/tensors.hpp"
#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

// What is written for a token that is seen and for one that is hidden.
template <class T, class Number>
void fill_mask(at::Tensor& place, std::span<const Number> mask, T seen, T hidden) {
  T* const values = place.mutable_data_ptr<T>();
  for (std::size_t i = 0; i < mask.size(); ++i) values[i] = mask[i] != 0 ? seen : hidden;
}

template <class Number>
void fill_mask(at::Tensor& place, std::span<const Number> mask) {
  constexpr float kHidden = -std::numeric_limits<float>::infinity();
  switch (place.scalar_type()) {
    case at::kBool:
      return fill_mask<bool>(place, mask, true, false);
    case at::kHalf:
      return fill_mask<at::Half>(place, mask, 0.0F, kHidden);
    case at::kBFloat16:
      return fill_mask<at::BFloat16>(place, mask, 0.0F, kHidden);
    default:
      return fill_mask<float>(place, mask, 0.0F, kHidden);
  }
}

template <class Number>
std::span<const Number> numbers_of(const HostTensor& tensor) {
  return {reinterpret_cast<const Number*>(tensor.bytes().data()), tensor.bytes().size() / sizeof(Number)};
}

}  // namespace

InputRoom::InputRoom(DType dtype, std::vector<std::int64_t> shape, c10::Device device, at::MemoryFormat order)
    : dtype_(dtype), shape_(std::move(shape)), device_(device), order_(order) {}

const at::Tensor& InputRoom::tensor() const {
  static const at::Tensor kUndefined;
  return hides_nothing_ ? kUndefined : tensor_;
}

void InputRoom::check(const HostTensor& values) const {
  if (values.dtype() == dtype_ && values.shape() == shape_) return;
  throw internal_error("torch: an input must be {} {}, found {} {}", to_string(dtype_),
                       shape_to_string(shape_), to_string(values.dtype()), shape_to_string(values.shape()));
}

void InputRoom::make(at::ScalarType type) {
  if (tensor_.defined()) return;
  tensor_ = at::empty(shape_, at::TensorOptions().dtype(type).device(device_), order_);
  if (!device_.is_cpu()) staging_ = staging_tensor(shape_, type, device_);
}

void InputRoom::copy_to_device() {
  if (!device_.is_cpu()) tensor_.copy_(staging_, true);
}

void InputRoom::write(const HostTensor& values) {
  check(values);
  make(scalar_type(dtype_));
  at::Tensor& place = host_place();
  if (place.is_contiguous()) {
    const auto bytes = values.bytes();
    if (!bytes.empty()) std::memcpy(place.mutable_data_ptr(), bytes.data(), bytes.size());
  } else {
    place.copy_(view_of(values));
  }
  copy_to_device();
}

void InputRoom::write_mask(const HostTensor& mask, at::ScalarType type) {
  check(mask);
  const auto write = [&](auto numbers) {
    hides_nothing_ = std::ranges::find(numbers, 0) == numbers.end();
    if (hides_nothing_) return;
    make(device_.is_cpu() ? at::kBool : type);
    fill_mask(host_place(), numbers);
    copy_to_device();
  };
  if (dtype_ == DType::I64) return write(numbers_of<std::int64_t>(mask));
  if (dtype_ == DType::I32) return write(numbers_of<std::int32_t>(mask));
  throw internal_error("torch: a mask of {} is not known", to_string(dtype_));
}

void InputRoom::write_offsets(const HostTensor& offsets) {
  check(offsets);
  const std::span<const std::int64_t> places = offsets.i64();
  if (places.empty() || places.front() != 0 || !std::ranges::is_sorted(places))
    throw internal_error("torch: the offsets of texts do not ascend from 0");
  std::int64_t longest = 0;
  for (std::size_t i = 1; i < places.size(); ++i) longest = std::max(longest, places[i] - places[i - 1]);
  if (!longest_text_.defined() || *longest_text_.const_data_ptr<std::int64_t>() != longest)
    longest_text_ = at::full({}, longest, at::kLong);
  if (device_.is_cpu()) return write(offsets);
  make(at::kInt);
  std::ranges::copy(places, staging_.mutable_data_ptr<std::int32_t>());
  copy_to_device();
}

}  // namespace medbench::torch_backend
