#include "ir/dim.hpp"

#include <fmt/core.h>

#include "base/error.hpp"

namespace medbench::ir {

void refuse_product(const Dim& a, const Dim& b) {
  throw internal_error("{} times {} is no dimension: a sum cannot be multiplied, and numbers end at 63 bits",
                       to_string(a), to_string(b));
}

std::int64_t bind(const Dim& dim, const Axes& axes) {
  std::int64_t size = dim.factor;
  bool fits = true;
  for (const AxisInfo& row : kAxes) {
    if (dim.power(row.axis) != 0 && !axes.has(row.axis)) {
      throw internal_error("dimension {} cannot be bound: '{}' has no number", to_string(dim), row.symbol);
    }
    for (int i = 0; i < dim.power(row.axis); ++i)
      fits = fits && !__builtin_mul_overflow(size, axes[row.axis], &size);
  }
  if (!fits || __builtin_add_overflow(size, dim.offset, &size)) {
    throw usage_error("dimension {} does not fit into 63 bits at {}: use smaller sizes", to_string(dim),
                      to_string(axes));
  }
  return size;
}

std::vector<std::int64_t> bind(const Shape& shape, const Axes& axes) {
  std::vector<std::int64_t> sizes;
  sizes.reserve(shape.size());
  for (const Dim& dim : shape) sizes.push_back(bind(dim, axes));
  return sizes;
}

std::string to_string(const Dim& dim) {
  if (dim.is_static()) return std::to_string(dim.factor);
  std::string text = dim.factor == 1 ? "" : std::to_string(dim.factor);
  for (const AxisInfo& row : kAxes) {
    const int power = dim.power(row.axis);
    if (power == 0) continue;
    if (!text.empty()) text += '*';
    text += row.symbol;
    if (power != 1) text += fmt::format("^{}", power);
  }
  if (dim.offset != 0) text += fmt::format("{:+}", dim.offset);
  return text;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += to_string(shape[i]);
  }
  return text + "]";
}

}  // namespace medbench::ir
