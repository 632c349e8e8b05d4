#include "ir/builder.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "ir/shape_inference.hpp"
#include "ir/verifier.hpp"

namespace medbench::ir {
namespace {

// "LayerNorm" of the 13th node becomes "layernorm_12".
std::string default_name(const Op& op, std::size_t index) {
  std::string name{name_of(op)};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name + "_" + std::to_string(index);
}

}  // namespace

GraphBuilder::GraphBuilder(std::string graph_name) {
  graph_.name = std::move(graph_name);
}

ValueId GraphBuilder::append(Value value) {
  graph_.values.push_back(std::move(value));
  return static_cast<ValueId>(graph_.values.size() - 1);
}

ValueId GraphBuilder::input(std::string name, DType dtype, Shape shape) {
  return append({std::move(name), ValueKind::Input, dtype, std::move(shape), {}});
}

ValueId GraphBuilder::parameter(std::string name, Shape shape, DType dtype) {
  std::vector<std::string> parts{name};
  return parameter(std::move(name), std::move(shape), dtype, std::move(parts));
}

ValueId GraphBuilder::parameter(std::string name, Shape shape, DType dtype, std::vector<std::string> parts) {
  return append({std::move(name), ValueKind::Parameter, dtype, std::move(shape), std::move(parts)});
}

ValueId GraphBuilder::apply(Op op, std::vector<ValueId> inputs, std::string name) {
  if (name.empty()) name = default_name(op, graph_.nodes.size());
  Node node{std::move(name), std::move(op), std::move(inputs), 0};
  ValueType type = infer_result(graph_, node);
  node.output = append({node.name, ValueKind::Result, type.dtype, std::move(type.shape), {}});
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().output;
}

ValueId GraphBuilder::embedding(ValueId ids, ValueId table, std::string name) {
  return apply(Embedding{}, {ids, table}, std::move(name));
}

ValueId GraphBuilder::linear(ValueId x, ValueId weight, ValueId bias, std::string name) {
  return apply(Linear{}, {x, weight, bias}, std::move(name));
}

ValueId GraphBuilder::fused_linear(ValueId x, ValueId weight, ValueId bias, Activation activation,
                                   std::optional<ValueId> residual, std::string name) {
  std::vector<ValueId> inputs{x, weight, bias};
  if (residual) inputs.push_back(*residual);
  return apply(Linear{activation, residual.has_value()}, std::move(inputs), std::move(name));
}

ValueId GraphBuilder::quantized_linear(ValueId x, ValueId weight, ValueId bias, QuantizedLinear op,
                                       std::optional<ValueId> residual, std::string name) {
  std::vector<ValueId> inputs{x, weight, bias};
  if (residual) inputs.push_back(*residual);
  op.residual = residual.has_value();
  return apply(op, std::move(inputs), std::move(name));
}

ValueId GraphBuilder::fake_quantize(ValueId x, FakeQuantize op, std::string name) {
  return apply(op, {x}, std::move(name));
}

ValueId GraphBuilder::layer_norm(ValueId x, ValueId weight, ValueId bias, double epsilon, std::string name) {
  return apply(LayerNorm{epsilon}, {x, weight, bias}, std::move(name));
}

ValueId GraphBuilder::activate(ValueId x, Activation activation, std::string name) {
  return apply(Activate{activation}, {x}, std::move(name));
}

ValueId GraphBuilder::silu(ValueId x, std::string name) {
  return activate(x, Activation::Silu, std::move(name));
}

ValueId GraphBuilder::leaky_relu(ValueId x, double slope, std::string name) {
  return apply(Activate{Activation::LeakyRelu, slope}, {x}, std::move(name));
}

ValueId GraphBuilder::softmax(ValueId x, std::string name) {
  return apply(Softmax{}, {x}, std::move(name));
}

ValueId GraphBuilder::attention(ValueId q, ValueId k, ValueId v, ValueId mask, std::int64_t heads,
                                std::string name) {
  return apply(Attention{heads}, {q, k, v, mask}, std::move(name));
}

ValueId GraphBuilder::packed_attention(ValueId q, ValueId k, ValueId v, ValueId offsets, std::int64_t heads,
                                       std::string name) {
  return apply(PackedAttention{heads}, {q, k, v, offsets}, std::move(name));
}

ValueId GraphBuilder::add(ValueId a, ValueId b, std::string name) {
  return apply(Add{}, {a, b}, std::move(name));
}

ValueId GraphBuilder::reshape(ValueId x, Shape shape, std::string name) {
  return apply(Reshape{std::move(shape)}, {x}, std::move(name));
}

ValueId GraphBuilder::transpose(ValueId x, std::vector<int> permutation, std::string name) {
  return apply(Transpose{std::move(permutation)}, {x}, std::move(name));
}

ValueId GraphBuilder::slice(ValueId x, int axis, std::int64_t start, Dim length, std::string name) {
  return apply(Slice{axis, start, length}, {x}, std::move(name));
}

ValueId GraphBuilder::cast(ValueId x, DType to, std::string name) {
  return apply(Cast{to}, {x}, std::move(name));
}

void GraphBuilder::output(std::string name, ValueId value) {
  graph_.outputs.push_back({std::move(name), value});
}

Graph GraphBuilder::build() {
  verify(graph_);
  return std::exchange(graph_, Graph{});
}

}  // namespace medbench::ir
