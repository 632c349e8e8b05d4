// What operations on images need of the writer.
#include <cstddef>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <utility>

#include "lower/stablehlo/writer.hpp"

namespace medbench::lower {
namespace {

constexpr std::size_t kSpatial = 2;  // first axis of the spatial ones

Sizes or_ones(const Sizes& sizes, std::size_t count) {
  return sizes.empty() ? Sizes(count, 1) : sizes;
}

std::string list(const std::vector<Padding>& padding) {
  std::vector<std::string> pairs;
  pairs.reserve(padding.size());
  for (const Padding& ends : padding) pairs.push_back(fmt::format("[{}, {}]", ends.before, ends.after));
  return fmt::format("[{}]", fmt::join(pairs, ", "));
}

std::string layout(std::string_view first, std::string_view second, std::size_t spatial) {
  std::string text = fmt::format("[{}, {}", first, second);
  for (std::size_t i = 0; i < spatial; ++i) text += fmt::format(", {}", i);
  return text + "]";
}

}  // namespace

// As bytes, which MLIR reads in the order of the elements.
Term Writer::numbers(const Sizes& shape, std::span<const float> values) {
  std::string bytes;
  for (const std::byte byte : std::as_bytes(values))
    fmt::format_to(std::back_inserter(bytes), "{:02X}", std::to_integer<unsigned>(byte));
  return emit(DType::F32, shape, fmt::format("stablehlo.constant dense<\"0x{}\">", bytes),
              tensor_type(DType::F32, shape));
}

Term Writer::concatenate(const std::vector<Term>& parts, std::size_t axis) {
  Sizes shape = parts.front().shape;
  shape[axis] = 0;
  std::vector<std::string> names;
  std::vector<std::string> types;
  for (const Term& part : parts) {
    shape[axis] += part.shape[axis];
    names.push_back(part.name);
    types.push_back(tensor_type(part));
  }
  const DType dtype = parts.front().dtype;
  const std::string type = fmt::format("({}) -> {}", fmt::join(types, ", "), tensor_type(dtype, shape));
  return emit(dtype, std::move(shape),
              fmt::format("stablehlo.concatenate {}, dim = {}", fmt::join(names, ", "), axis), type);
}

Term Writer::reverse(const Term& x, const Sizes& dims) {
  return emit(x.dtype, x.shape,
              fmt::format("stablehlo.reverse {}, dims = [{}]", x.name, fmt::join(dims, ", ")),
              tensor_type(x));
}

Term Writer::pad(const Term& x, const Term& value, const std::vector<Padding>& padding) {
  Sizes shape = x.shape;
  Sizes before;
  Sizes after;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] += padding[i].before + padding[i].after;
    before.push_back(padding[i].before);
    after.push_back(padding[i].after);
  }
  const std::string type =
      fmt::format("({}, {}) -> {}", tensor_type(x), tensor_type(value), tensor_type(x.dtype, shape));
  const Sizes between(shape.size(), 0);
  return emit(
      x.dtype, std::move(shape),
      fmt::format("stablehlo.pad {}, {}, low = [{}], high = [{}], interior = [{}]", x.name, value.name,
                  fmt::join(before, ", "), fmt::join(after, ", "), fmt::join(between, ", ")),
      type);
}

Term Writer::reduce_windows(std::string_view operation, double initial, const Term& x, const Window& window) {
  const Term start = convert(constant(initial, {}), x.dtype);
  Sizes shape = x.shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t room = shape[i] + window.padding[i].before + window.padding[i].after - window.size[i];
    shape[i] = room / window.stride[i] + 1;
  }
  const std::string type =
      fmt::format("({}, {}) -> {}", tensor_type(x), tensor_type(start), tensor_type(x.dtype, shape));
  const std::string text = fmt::format(
      "\"stablehlo.reduce_window\"({0}, {1}) <{{window_dimensions = array<i64: {2}>, window_strides = "
      "array<i64: "
      "{3}>, padding = dense<{4}> : tensor<{5}x2xi64>}}> ({{\n"
      "    ^bb0(%a: {6}, %b: {6}):\n"
      "      %both = stablehlo.{7} %a, %b : {6}\n"
      "      stablehlo.return %both : {6}\n"
      "    }})",
      x.name, start.name, fmt::join(window.size, ", "), fmt::join(window.stride, ", "), list(window.padding),
      shape.size(), tensor_type(start), operation);
  return emit(x.dtype, std::move(shape), text, type);
}

Term Writer::convolution(const Term& x, const Filter& filter, const Sizes& shape) {
  const std::size_t spatial = shape.size() - kSpatial;
  const std::string images = layout("b", "f", spatial);
  const bool is_out_first = filter.order == FilterOrder::OutIn;
  const std::string kernel = is_out_first ? layout("o", "i", spatial) : layout("i", "o", spatial);
  const std::string_view precision = x.dtype == DType::F32 ? "HIGHEST" : "DEFAULT";
  const std::string text = fmt::format(
      "stablehlo.convolution({}, {}) dim_numbers = {}x{}->{}, window = {{stride = [{}], pad = {}, lhs_dilate "
      "= "
      "[{}], rhs_dilate = [{}]}} {{batch_group_count = 1 : i64, feature_group_count = {} : i64, "
      "precision_config = [#stablehlo<precision {}>, #stablehlo<precision {}>]}}",
      x.name, filter.weight.name, images, kernel, images, fmt::join(or_ones(filter.stride, spatial), ", "),
      list(filter.padding), fmt::join(or_ones(filter.x_dilation, spatial), ", "),
      fmt::join(or_ones(filter.dilation, spatial), ", "), filter.groups, precision, precision);
  return emit(
      x.dtype, shape, text,
      fmt::format("({}, {}) -> {}", tensor_type(x), tensor_type(filter.weight), tensor_type(x.dtype, shape)));
}

}  // namespace medbench::lower
