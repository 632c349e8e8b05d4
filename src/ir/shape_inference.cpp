#include "ir/shape_inference.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "ir/quantization.hpp"

namespace medbench::ir {
namespace {

// One node's inference: its inputs, and errors that carry its name.
class Inference {
 public:
  Inference(const Graph& graph, const Node& node) : node_(node) {
    if (node.inputs.size() != arity_of(node.op)) {
      fail("takes {} inputs, found {}", arity_of(node.op), node.inputs.size());
    }
    for (const ValueId id : node.inputs) {
      if (id >= graph.values.size()) {
        fail("reads value {}, but the graph has only {} values", id, graph.values.size());
      }
      inputs_.push_back(&graph.values[id]);
    }
  }

  [[nodiscard]] ValueType result() const {
    return std::visit([this](const auto& op) { return infer(op); }, node_.op);
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw internal_error("node '{}' ({}) {}", node_.name, name_of(node_.op),
                         fmt::format(format, std::forward<Args>(args)...));
  }

  [[nodiscard]] const Shape& shape(std::size_t i) const { return inputs_[i]->shape; }
  [[nodiscard]] DType dtype(std::size_t i) const { return inputs_[i]->dtype; }

  void expect_shape(std::size_t i, const Shape& expected) const {
    if (shape(i) == expected) return;
    fail("expects '{}' to be {}, found {}", inputs_[i]->name, to_string(expected), to_string(shape(i)));
  }
  void expect_index(std::size_t i) const {
    if (is_index_dtype(dtype(i))) return;
    fail("expects '{}' to be I64 or I32, found {}", inputs_[i]->name, medbench::to_string(dtype(i)));
  }
  void expect_rank(std::size_t i, std::size_t least) const {
    if (shape(i).size() >= least) return;
    fail("expects '{}' to have at least {} dimensions, found {}", inputs_[i]->name, least,
         to_string(shape(i)));
  }
  // Floating point, and the type of the first of them.
  void expect_floats(std::size_t first, std::size_t last) const {
    for (std::size_t i = first; i <= last; ++i) {
      if (!is_floating_point(dtype(i))) {
        fail("expects '{}' to be floating point, found {}", inputs_[i]->name, medbench::to_string(dtype(i)));
      }
      if (dtype(i) != dtype(first)) {
        fail("expects one type, found {} for '{}' and {} for '{}'", medbench::to_string(dtype(first)),
             inputs_[first]->name, medbench::to_string(dtype(i)), inputs_[i]->name);
      }
    }
  }

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

  [[nodiscard]] ValueType infer(const Linear& op) const { return linear(op.residual); }

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
    return linear(op.residual);
  }

  void expect_limit(std::string_view name, std::int32_t found, std::int32_t largest) const {
    if (found < 1 || found > largest) fail("expects {} in [1, {}], found {}", name, largest, found);
  }

  [[nodiscard]] ValueType linear(bool residual) const {
    expect_floats(0, node_.inputs.size() - 1);
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
    expect_floats(0, 2);
    expect_rank(0, 1);
    expect_shape(1, {shape(0).back()});
    expect_shape(2, {shape(0).back()});
    // Written so that NaN fails.
    if (!(op.epsilon >= 0)) fail("expects an epsilon of at least 0, found {}", op.epsilon);
    return {dtype(0), shape(0)};
  }

  [[nodiscard]] ValueType infer(const Activate& /*op*/) const { return same_float(); }
  [[nodiscard]] ValueType infer(const Silu& /*op*/) const { return same_float(); }

  [[nodiscard]] ValueType infer(const Softmax& /*op*/) const {
    expect_rank(0, 1);
    return same_float();
  }

  [[nodiscard]] ValueType infer(const Attention& op) const {
    expect_floats(0, 2);
    expect_index(3);
    if (shape(0).size() != 3)
      fail("expects '{}' to be [batch, seq, width], found {}", inputs_[0]->name, to_string(shape(0)));
    expect_shape(1, shape(0));
    expect_shape(2, shape(0));
    expect_shape(3, {shape(0)[0], shape(0)[1]});
    const Dim& width = shape(0)[2];
    if (op.heads < 1 || !width.is_static() || width.factor % op.heads != 0) {
      fail("expects a width that its {} heads divide, found {}", op.heads, to_string(width));
    }
    return {dtype(0), shape(0)};
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
      fail("expects a permutation of the {} dimensions of '{}'", rank, inputs_[0]->name);
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

  const Node& node_;
  std::vector<const Value*> inputs_;
};

}  // namespace

std::string to_string(const ValueType& type) {
  return std::string{medbench::to_string(type.dtype)} + to_string(type.shape);
}

std::size_t arity_of(const Op& op) {
  return std::visit(Overloaded{
                        [](const Embedding&) -> std::size_t { return 2; },
                        [](const Linear& linear) -> std::size_t { return linear.residual ? 4 : 3; },
                        [](const QuantizedLinear& linear) -> std::size_t { return linear.residual ? 4 : 3; },
                        [](const LayerNorm&) -> std::size_t { return 3; },
                        [](const Activate&) -> std::size_t { return 1; },
                        [](const Silu&) -> std::size_t { return 1; },
                        [](const Softmax&) -> std::size_t { return 1; },
                        [](const Attention&) -> std::size_t { return 4; },
                        [](const Add&) -> std::size_t { return 2; },
                        [](const Reshape&) -> std::size_t { return 1; },
                        [](const Transpose&) -> std::size_t { return 1; },
                        [](const Slice&) -> std::size_t { return 1; },
                        [](const Cast&) -> std::size_t { return 1; },
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
