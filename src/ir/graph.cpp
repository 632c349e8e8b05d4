#include "ir/graph.hpp"

#include <utility>

namespace medbench::ir {
namespace {

std::vector<ValueId> values_of_kind(const Graph& graph, ValueKind kind) {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].kind == kind) ids.push_back(static_cast<ValueId>(i));
  }
  return ids;
}

}  // namespace

std::string_view to_string(Activation activation) {
  switch (activation) {
    case Activation::None:
      return "none";
    case Activation::GeluErf:
      return "gelu";
    case Activation::GeluTanh:
      return "gelu_tanh";
    case Activation::Relu:
      return "relu";
    case Activation::Tanh:
      return "tanh";
    case Activation::Silu:
      return "silu";
    case Activation::Sigmoid:
      return "sigmoid";
    case Activation::LeakyRelu:
      return "leaky_relu";
  }
  return "unknown";
}

bool is_fused_by_linear(Activation activation) {
  return activation <= Activation::Tanh;
}

std::string_view to_string(Pooling pooling) {
  return pooling == Pooling::Max ? "max" : "average";
}

std::string_view to_string(Interpolation interpolation) {
  return interpolation == Interpolation::Nearest ? "nearest" : "linear";
}

std::string_view to_string(ActivationQuantization quantization) {
  switch (quantization) {
    case ActivationQuantization::None:
      return "none";
    case ActivationQuantization::Dynamic:
      return "dynamic";
    case ActivationQuantization::Static:
      return "static";
  }
  return "unknown";
}

std::string_view name_of(const Op& op) {
  return std::visit(Overloaded{
                        [](const Embedding&) { return "Embedding"; },
                        [](const Linear&) { return "Linear"; },
                        [](const QuantizedLinear&) { return "QuantizedLinear"; },
                        [](const FakeQuantize&) { return "FakeQuantize"; },
                        [](const LayerNorm&) { return "LayerNorm"; },
                        [](const Activate&) { return "Activate"; },
                        [](const Softmax&) { return "Softmax"; },
                        [](const Attention&) { return "Attention"; },
                        [](const PackedAttention&) { return "PackedAttention"; },
                        [](const Add&) { return "Add"; },
                        [](const Reshape&) { return "Reshape"; },
                        [](const Transpose&) { return "Transpose"; },
                        [](const Slice&) { return "Slice"; },
                        [](const Cast&) { return "Cast"; },
                        [](const RoundToFp8&) { return "RoundToFp8"; },
                        [](const Convolution&) { return "Convolution"; },
                        [](const QuantizedConvolution&) { return "QuantizedConvolution"; },
                        [](const TransposedConvolution&) { return "TransposedConvolution"; },
                        [](const Pool&) { return "Pool"; },
                        [](const AdaptiveAveragePool&) { return "AdaptiveAveragePool"; },
                        [](const BatchNorm&) { return "BatchNorm"; },
                        [](const InstanceNorm&) { return "InstanceNorm"; },
                        [](const Concatenate&) { return "Concatenate"; },
                        [](const Upsample&) { return "Upsample"; },
                        [](const Pad&) { return "Pad"; },
                    },
                    op);
}

std::span<const Dim> dims_of(const Op& op) {
  using Dims = std::span<const Dim>;
  return std::visit(Overloaded{
                        [](const Embedding&) { return Dims{}; },
                        [](const Linear&) { return Dims{}; },
                        [](const QuantizedLinear&) { return Dims{}; },
                        [](const FakeQuantize&) { return Dims{}; },
                        [](const LayerNorm&) { return Dims{}; },
                        [](const Activate&) { return Dims{}; },
                        [](const Softmax&) { return Dims{}; },
                        [](const Attention&) { return Dims{}; },
                        [](const PackedAttention&) { return Dims{}; },
                        [](const Add&) { return Dims{}; },
                        [](const Reshape& reshape) { return Dims{reshape.shape}; },
                        [](const Transpose&) { return Dims{}; },
                        [](const Slice& slice) {
                          return Dims{&slice.length, 1};
                        },
                        [](const Cast&) { return Dims{}; },
                        [](const RoundToFp8&) { return Dims{}; },
                        []<ImageOp T>(const T&) { return Dims{}; },
                    },
                    op);
}

std::span<Dim> dims_of(Op& op) {
  const std::span<const Dim> dims = dims_of(std::as_const(op));
  return {const_cast<Dim*>(dims.data()), dims.size()};  // of an operation that is not const
}

std::vector<ValueId> Graph::inputs() const {
  return values_of_kind(*this, ValueKind::Input);
}

std::vector<ValueId> Graph::parameters() const {
  return values_of_kind(*this, ValueKind::Parameter);
}

Axes axes_of(const Graph& graph, const NamedTensors& inputs, Axes otherwise) {
  Axes axes = otherwise;
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    const auto given = inputs.find(value.name);
    if (given == inputs.end() || given->second.shape().size() != value.shape.size()) continue;
    for (std::size_t i = 0; i < value.shape.size(); ++i) {
      const Dim& dim = value.shape[i];
      if (const auto axis = dim.symbol()) axes.set(*axis, given->second.shape()[i] - dim.offset);
    }
  }
  return axes;
}

}  // namespace medbench::ir
