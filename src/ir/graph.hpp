// The one description of a model that every runtime lowers: a list of high-level operations in topological
// order over values with symbolic shapes. It knows nothing of runtimes, files or devices.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/tensor.hpp"
#include "ir/dim.hpp"

namespace medbench::ir {

enum class Activation { None, GeluErf, GeluTanh, Relu, Tanh, Silu, Sigmoid, LeakyRelu };
std::string_view to_string(Activation activation);
// The first five: what Linear and QuantizedLinear can apply to their result.
bool is_fused_by_linear(Activation activation);

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
// x -> x, each element as the number that its integer in [0, activation_max] stands for: what a runtime keeps
// as bytes between operations on integers. The formulas are those of QuantizedLinear with a static range.
struct FakeQuantize {
  double min = 0;  // the range, which contains 0
  double max = 0;
  std::int32_t activation_max = 255;
};
// Parameters of the normalisations have x's type or are in F32.
struct LayerNorm {  // x [..., n], weight [n], bias [n] -> [..., n]; normalised over the last dimension
  double epsilon = 1e-12;
};
struct Activate {  // x -> x, element by element
  Activation activation = Activation::None;
  double slope = 0.01;  // LeakyRelu alone: what negative elements are multiplied by
};
struct Softmax {};  // x [..., n] -> [..., n], over the last dimension
struct Attention {  // q, k, v [batch, seq, heads*d], mask [batch, seq] integer (1 = attend) -> [batch, seq,
                    // heads*d]
  std::int64_t heads = 1;  // softmax(q k^T / sqrt(d) + (mask ? 0 : -inf)) v for every head
};
// Texts one after the other: text i is the tokens from offsets[i] on and before offsets[i + 1], and may have
// none. The first offset is 0, the last the number of tokens.
struct PackedAttention {   // q, k, v [tokens, heads*d], offsets [texts+1] integer(, order) -> [tokens,
                           // heads*d]
  std::int64_t heads = 1;  // softmax(q k^T / sqrt(d)) v within each text for every head
  // A fifth operand [texts, longest] integer for runtimes that ask for it, which changes nothing: the places
  // in that shape that have a token, text by text, then the others.
  bool is_ordered = false;
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
// x -> x in steps of 8 bits: each element over the scale becomes the nearest number of E4M3, times the scale,
// in x's own type. Before products that are to be of fp8.
struct RoundToFp8 {
  double scale = 0;  // 0: each row of a matrix [out, in] has its own, max|row| / 448
};

// Operations on images: x is [batch, channels, (depth,) height, width], here [batch, channels, ...], where
// all but the batch are numbers. Attributes have one number for each of (depth,) height and width.
using PerDimension = std::vector<std::int64_t>;

// A size becomes (size + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down.
struct Convolution {  // x [batch, in, ...], weight [out, in/groups, kernel...], bias [out] if set
  PerDimension stride = {};
  PerDimension padding = {};  // zeros at either end
  PerDimension dilation = {};
  std::int64_t groups = 1;
  bool bias = false;
};
// Convolution's inputs and meaning, with the weight (still the parameter in floating point) rounded per
// output channel, symmetrically, to integers in [-weight_max, weight_max]. Its products are of integers where
// x is the result of a FakeQuantize, maybe through a maximum, which commutes with it.
struct QuantizedConvolution {
  Convolution window = {};
  std::int32_t weight_max = 127;  // as of QuantizedLinear
};
// The adjoint of the Convolution with these attributes: x [batch, in, ...], weight [in, out/groups,
// kernel...], bias [out] if set. A size becomes (size - 1) stride - 2 padding + dilation (kernel - 1) + 1 +
// output_padding.
struct TransposedConvolution {
  PerDimension stride = {};
  PerDimension padding = {};
  PerDimension dilation = {};
  PerDimension output_padding = {};  // below stride or dilation
  std::int64_t groups = 1;
  bool bias = false;
};
enum class Pooling { Max, Average };
std::string_view to_string(Pooling pooling);
struct Pool {  // x [batch, channels, ...] -> the same with sizes as of a Convolution
  Pooling kind = Pooling::Max;
  PerDimension kernel = {};
  PerDimension stride = {};
  PerDimension padding = {};  // at most half the kernel; never the largest
  bool count_padding = true;  // Average alone: the zeros count among the elements that are averaged
};
// x [batch, channels, ...] -> [batch, channels, sizes...]: element i of n is the average of the elements
// from floor(i size / n) on and before ceil((i + 1) size / n). Sizes of 1 average everything.
struct AdaptiveAveragePool {
  PerDimension sizes = {};
};
// x [batch, channels, ...], scale, shift, mean and variance [channels]: (x - mean) / sqrt(variance + epsilon)
// * scale + shift, with the statistics of training.
struct BatchNorm {
  double epsilon = 1e-5;
};
// x [batch, channels, ...], and scale and shift [channels] if affine: each channel of each image normalised
// over its own elements, by the variance that divides by their number.
struct InstanceNorm {
  double epsilon = 1e-5;
  bool affine = false;
};
struct Concatenate {  // at least one x [...], of equal shapes but for the numbers at `axis`, in order
  int axis = 0;       // counted from the front
};
enum class Interpolation { Nearest, Linear };
std::string_view to_string(Interpolation interpolation);
// x [batch, channels, ...] -> every size times its scale. Nearest repeats elements. Linear (bilinear,
// trilinear) takes elements as the centres of cells and repeats those at the borders: align_corners is false.
struct Upsample {
  Interpolation interpolation = Interpolation::Nearest;
  PerDimension scale = {};
};
struct Pad {  // x [...] of any rank -> with so many of `value` before and after, for every dimension
  PerDimension begin = {};  // 0 for a dimension with a symbol
  PerDimension end = {};
  double value = 0;
};

using Op = std::variant<Embedding, Linear, QuantizedLinear, FakeQuantize, LayerNorm, Activate, Softmax,
                        Attention, PackedAttention, Add, Reshape, Transpose, Slice, Cast, RoundToFp8,
                        Convolution, QuantizedConvolution, TransposedConvolution, Pool, AdaptiveAveragePool,
                        BatchNorm, InstanceNorm, Concatenate, Upsample, Pad>;
template <class T>
concept ImageOp = std::same_as<T, Convolution> || std::same_as<T, QuantizedConvolution> ||
    std::same_as<T, TransposedConvolution> || std::same_as<T, Pool> || std::same_as<T, AdaptiveAveragePool> ||
    std::same_as<T, BatchNorm> || std::same_as<T, InstanceNorm> || std::same_as<T, Concatenate> ||
    std::same_as<T, Upsample> || std::same_as<T, Pad>;
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
