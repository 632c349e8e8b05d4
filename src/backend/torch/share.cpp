#include "backend/torch/share.hpp"

#include <ATen/ATen.h>
#include <ATen/TensorIterator.h>

namespace medbench::torch_backend {

// at::parallel_for is a template that starts no threads where it is compiled without OpenMP; an iterator's
// loop is compiled in libtorch.
void share(std::int64_t count, const std::function<void(std::int64_t first, std::int64_t last)>& part) {
  at::Tensor places = at::empty({count}, at::kByte);  // whose addresses count, and never their contents
  const auto* const begin = static_cast<const char*>(places.const_data_ptr());
  auto iterator = at::TensorIterator::nullary_op(places);
  const auto loop = [&](char** data, const std::int64_t* /*strides*/, std::int64_t length) {
    const std::int64_t first = *data - begin;
    part(first, first + length);
  };
  iterator.for_each(loop, 1);
}

}  // namespace medbench::torch_backend
