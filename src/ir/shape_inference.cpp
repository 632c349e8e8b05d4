#include "ir/shape_inference.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/core.h>
#include <string>
#include <utility>

#include "ir/image_inference.hpp"
#include "ir/operands.hpp"
#include "ir/quantization.hpp"

namespace medbench::ir {
namespace {

// One node's inference.
class Inference : public Operands {
 public:
  using Operands::Operands;

  [[nodiscard]] ValueType result() const {
    return std::visit([this](const auto& op) { return infer(op); }, node().op);
  }

 private:
  [[nodiscard]] ValueType same_float() const {
    expect_floats(0, 0);
    return {dtype(0), shape(0)};
  }

  [[nodiscard]] ValueType infer(const Embedding& /*op*/) const {
    expect_index(0);
    expect_floats(1, 1);
    if (shape(1).size() != 2) fail("expects a table [rows, width], found {}", to_string(shape(1)));
    Shape result = shape(0);
    result.push_back(shape(1)[1]);
    return {dtype(1), std::move(result)};
  }

  [[nodiscard]] ValueType infer(const Linear& op) const { return linear(op.activation, op.residual); }

  [[nodiscard]] ValueType infer(const QuantizedLinear& op) const {
    expect_limit("weight_max", op.weight_max, kLargestWeight);
    expect_limit("activation_max", op.activation_max, kLargestActivation);
    if (op.input == ActivationQuantization::Static && !Range{op.input_min, op.input_max}.is_valid()) {
      fail("expects a finite range of x that contains 0, found [{}, {}]", op.input_min, op.input_max);
    }
    if (op.group < 0 || op.group % kGroupUnit != 0)
      fail("expects a group of a multiple of {}, found {}", kGroupUnit, op.group);
    if (op.group != 0 && op.input == ActivationQuantization::Static)
      fail("expects no groups where the range of x is static, found {}", op.group);
    if (op.int16_sums && (op.group == 0 || op.input != ActivationQuantization::Dynamic))
      fail("expects int16_sums only with groups and a dynamic range of x");
    return linear(op.activation, op.residual);
  }

  [[nodiscard]] ValueType infer(const FakeQuantize& op) const {
    expect_limit("activation_max", op.activation_max, kLargestActivation);
    if (!Range{op.min, op.max}.is_valid())
      fail("expects a finite range that contains 0, found [{}, {}]", op.min, op.max);
    return same_float();
  }

  [[nodiscard]] ValueType linear(Activation activation, bool residual) const {
    if (!is_fused_by_linear(activation))
      fail("cannot apply {}: it needs a node of its own", to_string(activation));
    expect_floats(0, count() - 1);
    expect_rank(0, 1);
    if (shape(1).size() != 2) fail("expects a weight [out, in], found {}", to_string(shape(1)));
    expect_shape(1, {shape(1)[0], shape(0).back()});
    expect_shape(2, {shape(1)[0]});
    Shape result = shape(0);
    result.back() = shape(1)[0];
    if (residual) expect_shape(3, result);
    return {dtype(0), std::move(result)};
  }

  [[nodiscard]] ValueType infer(const LayerNorm& op) const {
    expect_norm_parameters();
    expect_rank(0, 1);
    expect_shape(1, {shape(0).back()});
    expect_shape(2, {shape(0).back()});
    expect_epsilon(op.epsilon);
    return {dtype(0), shape(0)};
  }

  [[nodiscard]] ValueType infer(const Activate& op) const {
    if (!std::isfinite(op.slope)) fail("expects a finite slope, found {}", op.slope);
    return same_float();
  }

  [[nodiscard]] ValueType infer(const RoundToFp8& op) const {
    if (!std::isfinite(op.scale) || op.scale < 0) fail("expects a scale from 0 on, found {}", op.scale);
    if (op.scale == 0 && shape(0).size() != 2)
      fail("expects a matrix where rows have their own scales, found {}", to_string(shape(0)));
    return same_float();
  }

  [[nodiscard]] ValueType infer(const Softmax& /*op*/) const {
    expect_rank(0, 1);
    return same_float();
  }

  [[nodiscard]] ValueType infer(const Attention& op) const {
    expect_floats(0, 2);
    expect_index(3);
    if (shape(0).size() != 3)
      fail("expects '{}' to be [batch, seq, width], found {}", name(0), to_string(shape(0)));
    expect_shape(1, shape(0));
    expect_shape(2, shape(0));
    expect_shape(3, {shape(0)[0], shape(0)[1]});
    expect_heads(op.heads, shape(0)[2]);
    return {dtype(0), shape(0)};
  }

  [[nodiscard]] ValueType infer(const PackedAttention& op) const {
    expect_floats(0, 2);
    expect_index(3);
    if (shape(0).size() != 2)
      fail("expects '{}' to be [tokens, width], found {}", name(0), to_string(shape(0)));
    expect_shape(1, shape(0));
    expect_shape(2, shape(0));
    if (shape(3).size() != 1)
      fail("expects '{}' to be offsets [texts+1], found {}", name(3), to_string(shape(3)));
    if (op.is_ordered) {
      expect_index(4);
      if (shape(4).size() != 2)
        fail("expects '{}' to be [texts, longest], found {}", name(4), to_string(shape(4)));
    }
    expect_heads(op.heads, shape(0)[1]);
    return {dtype(0), shape(0)};
  }

  void expect_heads(std::int64_t heads, const Dim& width) const {
    if (heads < 1 || !width.is_static() || width.factor % heads != 0)
      fail("expects a width that its {} heads divide, found {}", heads, to_string(width));
  }

  [[nodiscard]] ValueType infer(const Add& /*op*/) const {
    expect_floats(0, 1);
    const Shape& a = shape(0);
    const Shape& b = shape(1);
    Shape result(std::max(a.size(), b.size()));
    for (std::size_t i = 1; i <= result.size(); ++i) {
      const Dim x = i <= a.size() ? a[a.size() - i] : Dim{1};
      const Dim y = i <= b.size() ? b[b.size() - i] : Dim{1};
      if (x != y && x != Dim{1} && y != Dim{1}) {
        fail("cannot broadcast {} and {}", to_string(a), to_string(b));
      }
      result[result.size() - i] = x == Dim{1} ? y : x;
    }
    return {dtype(0), std::move(result)};
  }

  [[nodiscard]] ValueType infer(const Reshape& op) const {
    // What both have cancels, so that a sum, which is no factor of a product, may stay as it is.
    Shape before = shape(0);
    Shape after = op.shape;
    for (const Dim& dim : op.shape) {
      const auto same = std::find(before.begin(), before.end(), dim);
      if (same == before.end()) continue;
      before.erase(same);
      after.erase(std::find(after.begin(), after.end(), dim));
    }
    const auto count = dim_product(before);
    if (!count || count != dim_product(after)) {
      fail("cannot turn {} into {}: another number of elements", to_string(shape(0)), to_string(op.shape));
    }
    return {dtype(0), op.shape};
  }

  [[nodiscard]] ValueType infer(const Transpose& op) const {
    const std::size_t rank = shape(0).size();
    std::vector<bool> seen(rank, false);
    Shape result;
    for (const int axis : op.permutation) {
      const auto i = static_cast<std::size_t>(axis);
      if (axis < 0 || i >= rank || seen[i]) break;
      seen[i] = true;
      result.push_back(shape(0)[i]);
    }
    if (result.size() != rank || op.permutation.size() != rank) {
      fail("expects a permutation of the {} dimensions of '{}'", rank, name(0));
    }
    return {dtype(0), std::move(result)};
  }

  [[nodiscard]] ValueType infer(const Slice& op) const {
    const auto axis = static_cast<std::size_t>(op.axis);
    if (op.axis < 0 || axis >= shape(0).size()) {
      fail("expects an axis of {}, found {}", to_string(shape(0)), op.axis);
    }
    const Dim& dim = shape(0)[axis];
    const Dim& length = op.length;
    // With equal symbols there is least room when they all are 1: what fits there fits always. With others
    // check_axes() decides.
    const bool comparable = dim.powers == length.powers;
    const auto fits_at_1 = [&] {
      return length.factor <= dim.factor &&
             op.start <= (dim.factor - length.factor) + (dim.offset - length.offset);
    };
    const bool fits = op.start >= 0 && length.is_positive() && (!comparable || fits_at_1());
    if (!fits) {
      fail("cannot take {} from {} on of axis {} of {}", to_string(length), op.start, op.axis,
           to_string(shape(0)));
    }
    Shape result = shape(0);
    result[axis] = length;
    return {dtype(0), std::move(result)};
  }

  [[nodiscard]] ValueType infer(const Cast& op) const {
    if (!is_value_dtype(op.to)) fail("cannot cast to {}", medbench::to_string(op.to));
    return {op.to, shape(0)};
  }

  template <ImageOp Image>
  [[nodiscard]] ValueType infer(const Image& op) const {
    return infer_image(*this, op);
  }
};

}  // namespace

std::string to_string(const ValueType& type) {
  return std::string{medbench::to_string(type.dtype)} + to_string(type.shape);
}

std::size_t arity_of(const Op& op) {
  return std::visit(
      Overloaded{
          [](const Embedding&) -> std::size_t { return 2; },
          [](const Linear& linear) -> std::size_t { return linear.residual ? 4 : 3; },
          [](const QuantizedLinear& linear) -> std::size_t { return linear.residual ? 4 : 3; },
          [](const FakeQuantize&) -> std::size_t { return 1; },
          [](const LayerNorm&) -> std::size_t { return 3; },
          [](const Activate&) -> std::size_t { return 1; },
          [](const Softmax&) -> std::size_t { return 1; },
          [](const Attention&) -> std::size_t { return 4; },
          [](const PackedAttention& attention) -> std::size_t { return attention.is_ordered ? 5 : 4; },
          [](const Add&) -> std::size_t { return 2; },
          [](const Reshape&) -> std::size_t { return 1; },
          [](const Transpose&) -> std::size_t { return 1; },
          [](const Slice&) -> std::size_t { return 1; },
          [](const Cast&) -> std::size_t { return 1; },
          [](const RoundToFp8&) -> std::size_t { return 1; },
          [](const Convolution& convolution) -> std::size_t { return convolution.bias ? 3 : 2; },
          [](const QuantizedConvolution& convolution) -> std::size_t {
            return convolution.window.bias ? 3 : 2;
          },
          [](const TransposedConvolution& convolution) -> std::size_t { return convolution.bias ? 3 : 2; },
          [](const Pool&) -> std::size_t { return 1; },
          [](const AdaptiveAveragePool&) -> std::size_t { return 1; },
          [](const BatchNorm&) -> std::size_t { return 5; },
          [](const InstanceNorm& norm) -> std::size_t { return norm.affine ? 3 : 1; },
          [](const Concatenate&) -> std::size_t { return kAnyArity; },
          [](const Upsample&) -> std::size_t { return 1; },
          [](const Pad&) -> std::size_t { return 1; },
      },
      op);
}

bool is_index_dtype(DType dtype) {
  return dtype == DType::I64 || dtype == DType::I32;
}

bool is_value_dtype(DType dtype) {
  return is_index_dtype(dtype) || dtype == DType::F32 || dtype == DType::F16 || dtype == DType::BF16;
}

std::optional<Dim> dim_product(const Shape& shape) {
  std::optional<Dim> result = Dim{1};
  for (const Dim& dim : shape) {
    if (result) result = product(*result, dim);
  }
  return result;
}

ValueType infer_result(const Graph& graph, const Node& node) {
  return Inference{graph, node}.result();
}

}  // namespace medbench::ir
