// The one description of a model that every runtime lowers: a list of high-level operations in topological
// order over values with symbolic shapes. It knows nothing of runtimes, files or devices.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/tensor.hpp"
#include "ir/dim.hpp"

namespace medbench::ir {

enum class Activation { None, GeluErf, GeluTanh, Relu, Tanh };
std::string_view to_string(Activation activation);

// The operations. Shapes are of inputs in order; "..." is any leading dimensions. This set is closed: visit
// it without a generic case, so that a new operation does not compile until every lowering handles it.
struct Embedding {};  // ids [...] integer, table [rows, width] -> [..., width]
struct Linear {  // x [..., in], weight [out, in], bias [out], and residual [..., out] if set -> [..., out]
  Activation activation = Activation::None;  // activation(x W^T + bias)
  bool residual = false;                     // then + residual, after the activation
};
enum class ActivationQuantization { None, Dynamic, Static };  // None: the weights only
std::string_view to_string(ActivationQuantization quantization);
// Linear's inputs and meaning, with the weight (still the parameter in floating point) rounded per output
// channel, symmetrically, to integers in [-weight_max, weight_max], and x rounded per tensor, asymmetrically,
// to integers in [0, activation_max]. With a group, each group of features of an output channel has a scale,
// and each group of a row of x a range, of its own, after equalisation. Products are summed exactly, then
// scaled; the formulas are in quantization.hpp.
struct QuantizedLinear {
  Activation activation = Activation::None;
  bool residual = false;
  ActivationQuantization input = ActivationQuantization::Dynamic;
  std::int32_t weight_max = 127;      // 127: int8; 63: reduced range, for processors without VNNI; 7: 4 bits
  std::int32_t activation_max = 255;  // 255: uint8; 127: reduced range
  std::int64_t group = 0;             // features, a multiple of 32; 0: none, as with Static
  // Dynamic in groups: scales of weights are as large as it takes for sums of four products to fit into 16
  // bits.
  bool int16_sums = false;
  // Static only: the calibrated range of x, which contains 0. Dynamic takes it from x in every forward pass.
  double input_min = 0;
  double input_max = 0;

  friend bool operator==(const QuantizedLinear&, const QuantizedLinear&) = default;
};
struct LayerNorm {  // x [..., n], weight [n], bias [n] -> [..., n]; normalised over the last dimension
  double epsilon = 1e-12;
};
struct Activate {  // x -> x, element by element
  Activation activation = Activation::None;
};
struct Silu {};     // x -> x * sigmoid(x)
struct Softmax {};  // x [..., n] -> [..., n], over the last dimension
struct Attention {  // q, k, v [batch, seq, heads*d], mask [batch, seq] integer (1 = attend) -> [batch, seq,
                    // heads*d]
  std::int64_t heads = 1;  // softmax(q k^T / sqrt(d) + (mask ? 0 : -inf)) v for every head
};
struct Add {};    // a, b, broadcast as numpy does
struct Reshape {  // x -> the same elements in another shape
  Shape shape;
};
struct Transpose {  // dimension i of the result is dimension permutation[i] of x
  std::vector<int> permutation;
};
struct Slice {  // x -> x[..., start : start + length, ...] along one axis (counted from the front)
  int axis = 0;
  std::int64_t start = 0;
  Dim length = 1;
};
struct Cast {
  DType to = DType::F32;
};

using Op = std::variant<Embedding, Linear, QuantizedLinear, LayerNorm, Activate, Silu, Softmax, Attention,
                        Add, Reshape, Transpose, Slice, Cast>;
std::string_view name_of(const Op& op);  // "Embedding", "Linear" ...
// The dimensions that the operation itself holds, beside those of its values.
std::span<const Dim> dims_of(const Op& op);
std::span<Dim> dims_of(Op& op);

// For std::visit with one lambda an operation.
template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

using ValueId = std::uint32_t;

enum class ValueKind { Input, Parameter, Result };

struct Value {
  std::string name;
  ValueKind kind = ValueKind::Result;
  DType dtype = DType::F32;
  Shape shape;
  // Parameters only: the names of the checkpoint's tensors, concatenated along the first dimension. Usually
  // one.
  std::vector<std::string> parts;
};

struct Node {
  std::string name;
  Op op;
  std::vector<ValueId> inputs;
  ValueId output = 0;
};

struct Output {
  std::string name;
  ValueId value = 0;
};

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;  // every node comes after those that make its inputs
  std::vector<Output> outputs;

  [[nodiscard]] const Value& value(ValueId id) const { return values.at(id); }
  [[nodiscard]] std::vector<ValueId> inputs() const;      // in the order of creation
  [[nodiscard]] std::vector<ValueId> parameters() const;  // in the order of creation
};

// The numbers behind the symbols, from the shapes of these inputs by name: each from a dimension that is the
// symbol, alone or with an offset; `otherwise` for a symbol that none of them shows. A text may be shorter
// than what was prepared for.
Axes axes_of(const Graph& graph, const NamedTensors& inputs, Axes otherwise);

}  // namespace medbench::ir
