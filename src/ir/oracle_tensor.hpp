// A value of the interpreter.
#pragma once

#include <cstdint>
#include <vector>

#include "base/tensor.hpp"

namespace medbench::ir {

// Floating-point values live in `floats`, already rounded to dtype; integers in `ints`. Row-major.
struct OracleTensor {
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  std::vector<float> floats;
  std::vector<std::int64_t> ints;
};

// Zero-filled. Throws Usage when the shape has too many elements.
OracleTensor make_oracle_tensor(DType dtype, std::vector<std::int64_t> shape);

// Rounds to F32, and from there to F16 or BF16, both to nearest even.
float round_to(DType dtype, double value);

}  // namespace medbench::ir
