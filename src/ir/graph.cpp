#include "ir/graph.hpp"

#include <fmt/core.h>

#include "base/error.hpp"

namespace medbench::ir {
namespace {

void append_factor(std::string& text, std::string_view symbol, int power) {
  if (power == 0) return;
  if (!text.empty()) text += '*';
  text += symbol;
  if (power != 1) text += fmt::format("^{}", power);
}

std::vector<ValueId> values_of_kind(const Graph& graph, ValueKind kind) {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (graph.values[i].kind == kind) ids.push_back(static_cast<ValueId>(i));
  }
  return ids;
}

}  // namespace

std::int64_t bind(const Dim& dim, const Binding& binding) {
  std::int64_t size = dim.factor;
  const auto multiply = [&](std::int64_t number, int power) {
    for (int i = 0; i < power; ++i) {
      if (__builtin_mul_overflow(size, number, &size)) {
        throw usage_error(
            "dimension {} does not fit into 63 bits at batch {} and sequence length {}: use smaller ones",
            to_string(dim), binding.batch, binding.seq);
      }
    }
  };
  multiply(binding.batch, dim.batch);
  multiply(binding.seq, dim.seq);
  return size;
}

std::vector<std::int64_t> bind(const Shape& shape, const Binding& binding) {
  std::vector<std::int64_t> sizes;
  sizes.reserve(shape.size());
  for (const Dim& dim : shape) sizes.push_back(bind(dim, binding));
  return sizes;
}

std::string to_string(const Dim& dim) {
  if (dim.is_static()) return std::to_string(dim.factor);
  std::string text = dim.factor == 1 ? "" : std::to_string(dim.factor);
  append_factor(text, "batch", dim.batch);
  append_factor(text, "seq", dim.seq);
  return text;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += to_string(shape[i]);
  }
  return text + "]";
}

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
  }
  return "unknown";
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
                        [](const LayerNorm&) { return "LayerNorm"; },
                        [](const Activate&) { return "Activate"; },
                        [](const Silu&) { return "Silu"; },
                        [](const Softmax&) { return "Softmax"; },
                        [](const Attention&) { return "Attention"; },
                        [](const Add&) { return "Add"; },
                        [](const Reshape&) { return "Reshape"; },
                        [](const Transpose&) { return "Transpose"; },
                        [](const Slice&) { return "Slice"; },
                        [](const Cast&) { return "Cast"; },
                    },
                    op);
}

std::vector<ValueId> Graph::inputs() const {
  return values_of_kind(*this, ValueKind::Input);
}

std::vector<ValueId> Graph::parameters() const {
  return values_of_kind(*this, ValueKind::Parameter);
}

Binding binding_of(const Graph& graph, const NamedTensors& inputs, Binding otherwise) {
  Binding binding = otherwise;
  for (const ValueId id : graph.inputs()) {
    const Value& value = graph.value(id);
    const auto given = inputs.find(value.name);
    if (given == inputs.end() || given->second.shape().size() != value.shape.size()) continue;
    for (std::size_t i = 0; i < value.shape.size(); ++i) {
      if (value.shape[i] == kBatch) binding.batch = given->second.shape()[i];
      if (value.shape[i] == kSeq) binding.seq = given->second.shape()[i];
    }
  }
  return binding;
}

}  // namespace medbench::ir
