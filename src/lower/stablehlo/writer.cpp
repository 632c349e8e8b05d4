#include "lower/stablehlo/writer.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <utility>

#include "base/error.hpp"

namespace medbench::lower {
namespace {

std::string list(std::span<const std::int64_t> numbers) {
  return fmt::format("[{}]", fmt::join(numbers, ", "));
}

std::string literal(double value, DType dtype) {
  if (dtype != DType::F32) return fmt::format("{}", static_cast<std::int64_t>(value));
  const auto number = static_cast<float>(value);
  // MLIR spells what is not finite as bits only.
  if (!std::isfinite(number)) return fmt::format("0x{:08X}", std::bit_cast<std::uint32_t>(number));
  return fmt::format("{:.8e}", number);
}

Sizes without(const Sizes& shape, const Sizes& dims) {
  Sizes rest;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (std::find(dims.begin(), dims.end(), static_cast<std::int64_t>(i)) == dims.end())
      rest.push_back(shape[i]);
  }
  return rest;
}

Sizes numbers_up_to(std::size_t count) {
  Sizes numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = static_cast<std::int64_t>(i);
  return numbers;
}

}  // namespace

std::string_view element_type(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return "f64";
    case DType::F32:
      return "f32";
    case DType::F16:
      return "f16";
    case DType::BF16:
      return "bf16";
    case DType::I64:
      return "i64";
    case DType::I32:
      return "i32";
    case DType::I16:
      return "i16";
    case DType::I8:
      return "i8";
    case DType::U8:
      return "ui8";
    case DType::Bool:
      return "i1";
  }
  throw internal_error("unknown data type");
}

std::string tensor_type(DType dtype, std::span<const std::int64_t> shape) {
  return fmt::format("tensor<{}{}{}>", fmt::join(shape, "x"), shape.empty() ? "" : "x", element_type(dtype));
}

std::string tensor_type(const Term& term) {
  return tensor_type(term.dtype, term.shape);
}

Term Writer::argument(std::size_t index, DType dtype, Sizes shape) {
  return {fmt::format("%arg{}", index), dtype, std::move(shape)};
}

Term Writer::emit(DType dtype, Sizes shape, std::string_view right_side, std::string_view type) {
  Term term{fmt::format("%{}", count_++), dtype, std::move(shape)};
  fmt::format_to(std::back_inserter(text_), "    {} = {} : {}\n", term.name, right_side, type);
  return term;
}

Term Writer::constant(double value, const Sizes& shape, DType dtype) {
  return emit(dtype, shape, fmt::format("stablehlo.constant dense<{}>", literal(value, dtype)),
              tensor_type(dtype, shape));
}

Term Writer::apply(std::string_view operation, const std::vector<Term>& operands) {
  std::string text = fmt::format("stablehlo.{}", operation);
  for (const Term& operand : operands) {
    text += fmt::format("{}{}", &operand == operands.data() ? " " : ", ", operand.name);
  }
  return emit(operands.front().dtype, operands.front().shape, text, tensor_type(operands.front()));
}

Term Writer::apply(std::string_view operation, const Term& x, double number) {
  return apply(operation, {x, constant(number, x.shape, x.dtype)});
}

Term Writer::is_not_zero(const Term& x) {
  const Term zero = constant(0, x.shape, x.dtype);
  return emit(DType::Bool, x.shape, fmt::format("stablehlo.compare NE, {}, {}", x.name, zero.name),
              fmt::format("({0}, {0}) -> {1}", tensor_type(x), tensor_type(DType::Bool, x.shape)));
}

Term Writer::is_equal(const Term& a, const Term& b) {
  return emit(DType::Bool, a.shape, fmt::format("stablehlo.compare EQ, {}, {}", a.name, b.name),
              fmt::format("({0}, {0}) -> {1}", tensor_type(a), tensor_type(DType::Bool, a.shape)));
}

Term Writer::select(const Term& condition, const Term& yes, const Term& no) {
  return emit(yes.dtype, yes.shape,
              fmt::format("stablehlo.select {}, {}, {}", condition.name, yes.name, no.name),
              fmt::format("{}, {}", tensor_type(condition), tensor_type(yes)));
}

Term Writer::convert(const Term& x, DType dtype) {
  if (x.dtype == dtype) return x;
  return emit(dtype, x.shape, fmt::format("stablehlo.convert {}", x.name),
              fmt::format("({}) -> {}", tensor_type(x), tensor_type(dtype, x.shape)));
}

Term Writer::reshape(const Term& x, Sizes shape) {
  if (x.shape == shape) return x;
  const std::string type = fmt::format("({}) -> {}", tensor_type(x), tensor_type(x.dtype, shape));
  return emit(x.dtype, std::move(shape), fmt::format("stablehlo.reshape {}", x.name), type);
}

Term Writer::transpose(const Term& x, const Sizes& permutation) {
  Sizes shape;
  for (const std::int64_t axis : permutation) shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
  const std::string type = fmt::format("({}) -> {}", tensor_type(x), tensor_type(x.dtype, shape));
  return emit(x.dtype, std::move(shape),
              fmt::format("stablehlo.transpose {}, dims = {}", x.name, list(permutation)), type);
}

Term Writer::slice(const Term& x, std::size_t axis, std::int64_t start, std::int64_t length) {
  Sizes shape = x.shape;
  shape[axis] = length;
  std::vector<std::string> ranges;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t begin = i == axis ? start : 0;
    ranges.push_back(fmt::format("{}:{}", begin, begin + shape[i]));
  }
  const std::string type = fmt::format("({}) -> {}", tensor_type(x), tensor_type(x.dtype, shape));
  return emit(x.dtype, std::move(shape),
              fmt::format("stablehlo.slice {} [{}]", x.name, fmt::join(ranges, ", ")), type);
}

Term Writer::broadcast(const Term& x, const Sizes& dims, const Sizes& shape) {
  return emit(x.dtype, shape, fmt::format("stablehlo.broadcast_in_dim {}, dims = {}", x.name, list(dims)),
              fmt::format("({}) -> {}", tensor_type(x), tensor_type(x.dtype, shape)));
}

Term Writer::broadcast(const Term& x, const Sizes& shape) {
  if (x.shape == shape) return x;
  Sizes dims = numbers_up_to(x.shape.size());
  for (std::int64_t& dim : dims) dim += static_cast<std::int64_t>(shape.size() - x.shape.size());
  return broadcast(x, dims, shape);
}

Term Writer::reduce(std::string_view operation, double initial, const Term& x, const Sizes& dims) {
  const Term start = constant(initial, {}, x.dtype);
  Sizes shape = without(x.shape, dims);
  const std::string type =
      fmt::format("({}, {}) -> {}", tensor_type(x), tensor_type(start), tensor_type(x.dtype, shape));
  return emit(x.dtype, std::move(shape),
              fmt::format("stablehlo.reduce({} init: {}) applies stablehlo.{} across dimensions = {}", x.name,
                          start.name, operation, list(dims)),
              type);
}

Term Writer::reduce_rows(std::string_view operation, double initial, const Term& x) {
  return reduce(operation, initial, x, {static_cast<std::int64_t>(x.shape.size()) - 1});
}

Term Writer::spread_rows(const Term& x, const Sizes& shape) {
  return broadcast(x, numbers_up_to(x.shape.size()), shape);
}

Term Writer::dot(const Term& a, const Term& b, const DotDims& dims, DType result) {
  Sizes shape;
  for (const std::int64_t dim : dims.a_batch) shape.push_back(a.shape[static_cast<std::size_t>(dim)]);
  const auto append_rest = [&shape](const Term& term, Sizes used, const Sizes& more) {
    used.insert(used.end(), more.begin(), more.end());
    const Sizes rest = without(term.shape, used);
    shape.insert(shape.end(), rest.begin(), rest.end());
  };
  append_rest(a, dims.a_batch, dims.a_sum);
  append_rest(b, dims.b_batch, dims.b_sum);
  std::string text = fmt::format("stablehlo.dot_general {}, {}", a.name, b.name);
  if (!dims.a_batch.empty())
    text += fmt::format(", batching_dims = {} x {}", list(dims.a_batch), list(dims.b_batch));
  const std::string_view precision = a.dtype == DType::F32 ? "HIGHEST" : "DEFAULT";
  text += fmt::format(", contracting_dims = {} x {}, precision = [{}, {}]", list(dims.a_sum),
                      list(dims.b_sum), precision, precision);
  const std::string type =
      fmt::format("({}, {}) -> {}", tensor_type(a), tensor_type(b), tensor_type(result, shape));
  return emit(result, std::move(shape), text, type);
}

Term Writer::gather_rows(const Term& table, const Term& ids) {
  const std::int64_t width = table.shape[1];
  const std::size_t rank = ids.shape.size();
  Sizes shape = ids.shape;
  shape.push_back(width);
  const std::string type =
      fmt::format("({}, {}) -> {}", tensor_type(table), tensor_type(ids), tensor_type(table.dtype, shape));
  return emit(table.dtype, std::move(shape),
              fmt::format("\"stablehlo.gather\"({}, {}) <{{dimension_numbers = #stablehlo.gather<offset_dims "
                          "= [{}], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = "
                          "{}>, slice_sizes = array<i64: 1, {}>}}>",
                          table.name, ids.name, rank, rank, width),
              type);
}

}  // namespace medbench::lower
