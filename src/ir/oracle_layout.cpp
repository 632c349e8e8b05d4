// The operations that move, broadcast or convert, and the tensor itself.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "ir/oracle_ops.hpp"

namespace medbench::ir {
namespace {

// How far apart neighbours along each dimension are, row-major.
std::vector<std::size_t> strides_of(std::span<const std::int64_t> shape) {
  std::vector<std::size_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * static_cast<std::size_t>(shape[i]);
  return strides;
}

// Strides by which a tensor of `shape` is read as one of the larger shape `target`: 0 where it repeats.
std::vector<std::size_t> broadcast_strides(std::span<const std::int64_t> shape, std::size_t target_rank) {
  const std::vector<std::size_t> own = strides_of(shape);
  std::vector<std::size_t> strides(target_rank, 0);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1) strides[target_rank - shape.size() + i] = own[i];
  }
  return strides;
}

// For every element of `shape` in row-major order, the offset that `strides` give it.
std::vector<std::size_t> offsets_of(std::span<const std::int64_t> shape,
                                    std::span<const std::size_t> strides) {
  std::vector<std::size_t> offsets{0};
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    std::vector<std::size_t> next;
    next.reserve(offsets.size() * static_cast<std::size_t>(shape[axis]));
    for (const std::size_t offset : offsets) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(shape[axis]); ++i)
        next.push_back(offset + i * strides[axis]);
    }
    offsets = std::move(next);
  }
  return offsets;
}

OracleTensor gather(const OracleTensor& x, std::vector<std::int64_t> shape,
                    std::span<const std::size_t> strides, std::size_t start) {
  const std::vector<std::size_t> offsets = offsets_of(shape, strides);
  OracleTensor result{x.dtype, std::move(shape), {}, {}};
  const auto copy = [&](const auto& from, auto& to) {
    to.reserve(offsets.size());
    for (const std::size_t offset : offsets) to.push_back(from[start + offset]);
  };
  if (is_floating_point(x.dtype)) {
    copy(x.floats, result.floats);
  } else {
    copy(x.ints, result.ints);
  }
  return result;
}

template <class Int>
std::int64_t clamp_to(double value) {
  if (std::isnan(value)) return 0;
  // The limits of I64 as doubles: the upper one rounds to 2^63, which is already too large.
  if (value >= static_cast<double>(std::numeric_limits<Int>::max())) return std::numeric_limits<Int>::max();
  if (value <= static_cast<double>(std::numeric_limits<Int>::min())) return std::numeric_limits<Int>::min();
  return static_cast<std::int64_t>(value);
}

}  // namespace

OracleTensor make_oracle_tensor(DType dtype, std::vector<std::int64_t> shape) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  OracleTensor tensor{dtype, std::move(shape), {}, {}};
  if (is_floating_point(dtype)) {
    tensor.floats.resize(count);
  } else {
    tensor.ints.resize(count);
  }
  return tensor;
}

float round_to(DType dtype, double value) {
  const auto single = static_cast<float>(value);
  if (dtype == DType::BF16) return bf16_to_float(float_to_bf16(single));
  if (dtype == DType::F16) return f16_to_float(float_to_f16(single));
  return single;
}

OracleTensor embedding(const OracleTensor& ids, const OracleTensor& table, const std::string& node) {
  const std::int64_t rows = table.shape[0];
  const std::int64_t width = table.shape[1];
  std::vector<std::int64_t> shape = ids.shape;
  shape.push_back(width);
  OracleTensor result = make_oracle_tensor(table.dtype, std::move(shape));
  auto out = result.floats.begin();
  for (const std::int64_t id : ids.ints) {
    if (id < 0 || id >= rows) {
      throw usage_error("'{}' was asked for row {}, but its table has {}: check the ids of the inputs", node,
                        id, rows);
    }
    out = std::copy_n(table.floats.begin() + id * width, width, out);
  }
  return result;
}

OracleTensor add(const OracleTensor& a, const OracleTensor& b) {
  const std::size_t rank = std::max(a.shape.size(), b.shape.size());
  std::vector<std::int64_t> shape(rank, 1);
  for (const OracleTensor* operand : {&a, &b}) {
    for (std::size_t i = 0; i < operand->shape.size(); ++i) {
      std::int64_t& dim = shape[rank - operand->shape.size() + i];
      if (operand->shape[i] != 1) dim = operand->shape[i];
    }
  }
  OracleTensor result = make_oracle_tensor(a.dtype, shape);
  const std::vector<std::size_t> from_a = offsets_of(shape, broadcast_strides(a.shape, rank));
  const std::vector<std::size_t> from_b = offsets_of(shape, broadcast_strides(b.shape, rank));
  for (std::size_t i = 0; i < result.floats.size(); ++i) {
    result.floats[i] = round_to(a.dtype, double{a.floats[from_a[i]]} + double{b.floats[from_b[i]]});
  }
  return result;
}

OracleTensor reshape(const OracleTensor& x, std::vector<std::int64_t> shape) {
  OracleTensor result = x;
  result.shape = std::move(shape);
  return result;
}

OracleTensor transpose(const OracleTensor& x, std::span<const int> permutation) {
  const std::vector<std::size_t> own = strides_of(x.shape);
  std::vector<std::int64_t> shape;
  std::vector<std::size_t> strides;
  for (const int axis : permutation) {
    shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
    strides.push_back(own[static_cast<std::size_t>(axis)]);
  }
  return gather(x, std::move(shape), strides, 0);
}

OracleTensor slice(const OracleTensor& x, int axis, std::int64_t start, std::int64_t length) {
  const std::vector<std::size_t> strides = strides_of(x.shape);
  const auto index = static_cast<std::size_t>(axis);
  std::vector<std::int64_t> shape = x.shape;
  shape[index] = length;
  return gather(x, std::move(shape), strides, static_cast<std::size_t>(start) * strides[index]);
}

OracleTensor cast(const OracleTensor& x, DType to) {
  const bool from_float = is_floating_point(x.dtype);
  OracleTensor result = make_oracle_tensor(to, x.shape);
  for (std::size_t i = 0; i < result.floats.size(); ++i) {
    const double value = from_float ? double{x.floats[i]} : static_cast<double>(x.ints[i]);
    result.floats[i] = round_to(to, value);
  }
  for (std::size_t i = 0; i < result.ints.size(); ++i) {
    const double value = from_float ? double{x.floats[i]} : 0;
    if (from_float) {
      result.ints[i] = to == DType::I32 ? clamp_to<std::int32_t>(value) : clamp_to<std::int64_t>(value);
    } else {
      result.ints[i] = to == DType::I32 ? static_cast<std::int32_t>(x.ints[i]) : x.ints[i];
    }
  }
  return result;
}

}  // namespace medbench::ir
