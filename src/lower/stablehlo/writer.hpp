// Writes operations of StableHLO one by one, with the types of their operands and results. Internal to the
// lowering.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"

namespace medbench::lower {

using Sizes = std::vector<std::int64_t>;

// A value of the module.
struct Term {
  std::string name;  // "%7"
  DType dtype = DType::F32;
  Sizes shape;
};

std::string_view element_type(DType dtype);                                 // "bf16", "i64"
std::string tensor_type(DType dtype, std::span<const std::int64_t> shape);  // "tensor<4x128xf32>"

std::string tensor_type(const Term& term);

// Which dimensions a product sums over, and which it keeps apart.
struct DotDims {
  Sizes a_batch;
  Sizes b_batch;
  Sizes a_sum;
  Sizes b_sum;
};

// Elements before and after a dimension; negative: so many are cut off.
struct Padding {
  std::int64_t before = 0;
  std::int64_t after = 0;
};

enum class FilterOrder { OutIn, InOut };  // of a weight's first two dimensions
// What a convolution does in each spatial dimension; attributes left empty change nothing.
struct Filter {
  Term weight;
  FilterOrder order = FilterOrder::OutIn;
  Sizes stride;
  std::vector<Padding> padding;
  Sizes x_dilation;  // zeros between the elements of x
  Sizes dilation;    // between those of the weight
  std::int64_t groups = 1;
};

// A number for each dimension of x.
struct Window {
  Sizes size;
  Sizes stride;
  std::vector<Padding> padding;
};

class Writer {
 public:
  // Names an argument; where it is declared is the caller's business.
  static Term argument(std::size_t index, DType dtype, Sizes shape);

  // A scalar of F32 or I32, spread over `shape`.
  Term constant(double value, const Sizes& shape, DType dtype = DType::F32);
  // F32, one by one.
  Term numbers(const Sizes& shape, std::span<const float> values);
  // Element by element: "add", "exponential" ... Operands are of one type and shape.
  Term apply(std::string_view operation, const std::vector<Term>& operands);
  Term add(const Term& a, const Term& b) { return apply("add", {a, b}); }
  Term subtract(const Term& a, const Term& b) { return apply("subtract", {a, b}); }
  Term multiply(const Term& a, const Term& b) { return apply("multiply", {a, b}); }
  Term divide(const Term& a, const Term& b) { return apply("divide", {a, b}); }
  // With a number in place of the second operand.
  Term apply(std::string_view operation, const Term& x, double number);

  // x != 0, as Bool.
  Term is_not_zero(const Term& x);
  Term is_equal(const Term& a, const Term& b);
  Term select(const Term& condition, const Term& yes, const Term& no);
  Term convert(const Term& x, DType dtype);
  Term reshape(const Term& x, Sizes shape);
  Term transpose(const Term& x, const Sizes& permutation);
  Term slice(const Term& x, std::size_t axis, std::int64_t start, std::int64_t length);
  Term concatenate(const std::vector<Term>& parts, std::size_t axis);
  Term reverse(const Term& x, const Sizes& dims);
  // `value` is a scalar of x's type.
  Term pad(const Term& x, const Term& value, const std::vector<Padding>& padding);
  // Dimension i of x becomes dimension dims[i] of the result; sizes of 1 are repeated.
  Term broadcast(const Term& x, const Sizes& dims, const Sizes& shape);
  // x, whose dimensions are the last ones of `shape` as numpy aligns them.
  Term broadcast(const Term& x, const Sizes& shape);
  // `operation` is "add", "maximum" or "minimum"; `initial` is its neutral element.
  Term reduce(std::string_view operation, double initial, const Term& x, const Sizes& dims);
  // The same over the last dimension.
  Term reduce_rows(std::string_view operation, double initial, const Term& x);
  // The same of every window of x; padding is left out.
  Term reduce_windows(std::string_view operation, double initial, const Term& x, const Window& window);
  // The opposite of reduce_rows: repeats each element of x along a new last dimension of `shape`.
  Term spread_rows(const Term& x, const Sizes& shape);
  Term dot(const Term& a, const Term& b, const DotDims& dims, DType result);
  // x and `shape` are [batch, channels, ...], of one type.
  Term convolution(const Term& x, const Filter& filter, const Sizes& shape);
  // Rows of table [rows, width] by ids [...].
  Term gather_rows(const Term& table, const Term& ids);

  // The lines so far; the writer is empty afterwards.
  std::string take_text() { return std::move(text_); }

 private:
  Term emit(DType dtype, Sizes shape, std::string_view right_side, std::string_view type);

  std::string text_;
  std::size_t count_ = 0;
};

}  // namespace medbench::lower
