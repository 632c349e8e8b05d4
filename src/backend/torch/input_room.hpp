// Where one input of a pass lies: on the device, with memory of the host beside it from which it is filled.
#pragma once

#include <ATen/core/Tensor.h>
#include <vector>

#include "base/tensor.hpp"

namespace medbench::torch_backend {

class InputRoom {
 public:
  // `order` is that of the elements on the device.
  InputRoom(DType dtype, std::vector<std::int64_t> shape, c10::Device device,
            at::MemoryFormat order = at::MemoryFormat::Contiguous);

  // What a pass reads. Undefined for a mask that hides nothing.
  [[nodiscard]] const at::Tensor& tensor() const;

  // Throws Internal for another type or shape than the room's.
  void write(const HostTensor& values);
  // In the form in which attention uses a mask (1: seen, 0: hidden): booleans on the CPU and, on devices,
  // where those would be converted in every layer, what is added to scores of `type`.
  void write_mask(const HostTensor& mask, at::ScalarType type);
  // Where texts begin and end, as I64: on devices in the 32 bits that attention takes there. Throws Internal
  // where they do not ascend from 0.
  void write_offsets(const HostTensor& offsets);
  // How long the longest text is: a number on the host, another tensor where it is another number.
  [[nodiscard]] const at::Tensor& longest_text() const { return longest_text_; }

 private:
  void check(const HostTensor& values) const;
  void make(at::ScalarType type);
  [[nodiscard]] at::Tensor& host_place() { return device_.is_cpu() ? tensor_ : staging_; }
  void copy_to_device();

  DType dtype_;
  std::vector<std::int64_t> shape_;
  c10::Device device_;
  at::MemoryFormat order_;
  at::Tensor tensor_;
  at::Tensor staging_;  // contiguous; undefined on the CPU
  at::Tensor longest_text_;
  bool hides_nothing_ = false;
};

}  // namespace medbench::torch_backend
