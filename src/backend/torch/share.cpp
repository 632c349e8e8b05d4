#include "backend/torch/share.hpp"

#include <ATen/ATen.h>
#include <ATen/TensorIterator.h>

namespace medbench::torch_backend {

// at::parallel_for is a template that starts no threads where it is compiled without OpenMP; an iterator's
// loop is compiled in libtorch.
void share(std::int64_t count, const std::function<void(std::int64_t first, std::int64_t last)>& part) {
  at::Tensor indices = at::arange(count, at::kLong);
  auto iterator = at::TensorIterator::nullary_op(indices);
  const auto loop = [&](char** data, const std::int64_t* /*strides*/, std::int64_t length) {
    const std::int64_t first = *reinterpret_cast<const std::int64_t*>(*data);
    part(first, first + length);
  };
  iterator.for_each(loop, 1);
}

}  // namespace medbench::torch_backend
