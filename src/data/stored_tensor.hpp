// A tensor as its file has it: perhaps turned, with gaps, or not aligned.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "base/tensor.hpp"
#include "ir/parameters.hpp"

namespace medbench {

struct StoredTensor {
  // The shape as a program sees it, and the bytes from the first element to the last.
  TensorView view;
  // From one element to the next along each dimension, in elements; empty: row-major without gaps.
  std::vector<std::int64_t> strides = {};
};
using StoredTensors = std::map<std::string, StoredTensor, std::less<>>;

// A file of weights, whatever its format; the tensors' bytes lie in it.
struct WeightsFile {
  std::shared_ptr<const MappedFile> file;
  StoredTensors tensors;
};

// The tensor in row-major order and aligned to its type: where the file has it so, its own bytes, and a copy
// otherwise, for which the file's pages are let go. A copy is as large as the shape says.
ir::ParameterData read_stored(const StoredTensor& tensor, const std::shared_ptr<const MappedFile>& file);

// Type, shape and all elements are alike. Where elements share bytes, as those of an expanded tensor do, they
// are not compared one by one: both must lie in one place.
bool is_same(const StoredTensor& a, const StoredTensor& b);

}  // namespace medbench
