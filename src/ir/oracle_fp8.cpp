// RoundToFp8.
#include <algorithm>
#include <span>

#include "ir/fp8.hpp"
#include "ir/oracle_ops.hpp"

namespace medbench::ir {

OracleTensor round_to_fp8(const OracleTensor& x, const RoundToFp8& op) {
  OracleTensor result = x;
  const std::size_t width = op.scale > 0 ? result.floats.size() : static_cast<std::size_t>(x.shape.back());
  for (std::size_t begin = 0; begin < result.floats.size(); begin += width) {
    const std::span<float> row{result.floats.data() + begin, width};
    const float scale = op.scale > 0 ? static_cast<float>(op.scale) : fp8_scale(row);
    for (float& element : row) element = round_to(x.dtype, double{rounded_to_fp8(element, scale)});
  }
  return result;
}

}  // namespace medbench::ir
