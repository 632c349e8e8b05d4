// Builds a graph operation by operation. Every method infers the result's type and shape at once and throws
// Internal, naming the node, when the operation does not fit its inputs: a model that builds is a graph that
// verifies.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.hpp"
#include "ir/specs.hpp"

namespace medbench::ir {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string graph_name);

  ValueId input(std::string name, DType dtype, Shape shape);
  ValueId input(const InputSpec& spec) { return input(spec.name, spec.dtype, spec.shape); }
  // A parameter that is one tensor of the checkpoint, of the same name.
  ValueId parameter(std::string name, Shape shape, DType dtype = DType::F32);
  // A parameter that is several tensors of the checkpoint, concatenated along the first dimension.
  ValueId parameter(std::string name, Shape shape, DType dtype, std::vector<std::string> parts);

  // The last argument of each names the node and its result; without one it is the operation's name and a
  // number.
  ValueId embedding(ValueId ids, ValueId table, std::string name = {});
  ValueId linear(ValueId x, ValueId weight, ValueId bias, std::string name = {});
  ValueId fused_linear(ValueId x, ValueId weight, ValueId bias, Activation activation,
                       std::optional<ValueId> residual = std::nullopt, std::string name = {});
  // op.residual is set by whether a residual is given.
  ValueId quantized_linear(ValueId x, ValueId weight, ValueId bias, QuantizedLinear op,
                           std::optional<ValueId> residual = std::nullopt, std::string name = {});
  ValueId fake_quantize(ValueId x, FakeQuantize op, std::string name = {});
  ValueId layer_norm(ValueId x, ValueId weight, ValueId bias, double epsilon, std::string name = {});
  ValueId activate(ValueId x, Activation activation, std::string name = {});
  ValueId silu(ValueId x, std::string name = {});
  ValueId leaky_relu(ValueId x, double slope, std::string name = {});
  ValueId softmax(ValueId x, std::string name = {});
  ValueId attention(ValueId q, ValueId k, ValueId v, ValueId mask, std::int64_t heads, std::string name = {});
  ValueId packed_attention(ValueId q, ValueId k, ValueId v, ValueId offsets, std::int64_t heads,
                           std::string name = {});
  ValueId add(ValueId a, ValueId b, std::string name = {});
  ValueId reshape(ValueId x, Shape shape, std::string name = {});
  ValueId transpose(ValueId x, std::vector<int> permutation, std::string name = {});
  ValueId slice(ValueId x, int axis, std::int64_t start, Dim length, std::string name = {});
  ValueId cast(ValueId x, DType to, std::string name = {});

  // Operations on images. Attributes left empty are 1 for strides and dilations and 0 for paddings; op.bias
  // is set by whether a bias is given.
  ValueId convolution(ValueId x, ValueId weight, std::optional<ValueId> bias, Convolution op = {},
                      std::string name = {});
  ValueId quantized_convolution(ValueId x, ValueId weight, std::optional<ValueId> bias,
                                QuantizedConvolution op = {}, std::string name = {});
  ValueId transposed_convolution(ValueId x, ValueId weight, std::optional<ValueId> bias,
                                 TransposedConvolution op = {}, std::string name = {});
  ValueId pool(ValueId x, Pool op, std::string name = {});  // an empty stride is the kernel
  ValueId adaptive_average_pool(ValueId x, PerDimension sizes, std::string name = {});
  ValueId global_average_pool(ValueId x, std::string name = {});  // to [batch, channels, (1,) 1, 1]
  ValueId batch_norm(ValueId x, ValueId scale, ValueId shift, ValueId mean, ValueId variance, double epsilon,
                     std::string name = {});
  ValueId instance_norm(ValueId x, double epsilon, std::string name = {});
  ValueId instance_norm(ValueId x, ValueId scale, ValueId shift, double epsilon, std::string name = {});
  ValueId concatenate(std::vector<ValueId> inputs, int axis, std::string name = {});
  ValueId upsample(ValueId x, Interpolation interpolation, PerDimension scale, std::string name = {});
  ValueId pad(ValueId x, PerDimension begin, PerDimension end, double value = 0, std::string name = {});
  // A Reshape that makes one dimension of those from `axis` on, which are numbers.
  ValueId flatten(ValueId x, std::size_t axis = 1, std::string name = {});

  // Any operation: what the methods above are made of.
  ValueId apply(Op op, std::vector<ValueId> inputs, std::string name = {});

  void output(std::string name, ValueId value);

  [[nodiscard]] const Shape& shape(ValueId value) const { return graph_.value(value).shape; }

  // Verifies the whole graph and hands it over; the builder is empty afterwards.
  [[nodiscard]] Graph build();

 private:
  ValueId append(Value value);

  Graph graph_;
};

}  // namespace medbench::ir
