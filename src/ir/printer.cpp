#include "ir/printer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ir/shape_inference.hpp"

namespace medbench::ir {
namespace {

std::string attributes(Activation activation, bool residual) {
  std::string text;
  if (activation != Activation::None) text = fmt::format("activation={}", to_string(activation));
  if (residual) text += text.empty() ? "residual" : ", residual";
  return text;
}

std::string attributes(const QuantizedLinear& linear) {
  std::string text = attributes(linear.activation, linear.residual);
  if (!text.empty()) text += ", ";
  text += fmt::format("input={}, weight_max={}", to_string(linear.input), linear.weight_max);
  if (linear.input != ActivationQuantization::None)
    text += fmt::format(", activation_max={}", linear.activation_max);
  if (linear.input == ActivationQuantization::Static)
    text += fmt::format(", range=[{}, {}]", linear.input_min, linear.input_max);
  if (linear.group != 0) text += fmt::format(", group={}", linear.group);
  if (linear.int16_sums) text += ", int16_sums";
  return text;
}

std::string list(std::string_view name, const PerDimension& numbers) {
  return fmt::format("{}=[{}]", name, fmt::join(numbers, ", "));
}

// Of both convolutions.
template <class Op>
std::string window(const Op& op) {
  return fmt::format("{}, {}, {}, groups={}{}", list("stride", op.stride), list("padding", op.padding),
                     list("dilation", op.dilation), op.groups, op.bias ? ", bias" : "");
}

std::string attributes(const Pool& pool) {
  const bool excludes = pool.kind == Pooling::Average && !pool.count_padding;
  return fmt::format("kind={}, {}, {}, {}{}", to_string(pool.kind), list("kernel", pool.kernel),
                     list("stride", pool.stride), list("padding", pool.padding),
                     excludes ? ", padding does not count" : "");
}

std::string attributes(const Activate& activate) {
  std::string text = fmt::format("activation={}", to_string(activate.activation));
  if (activate.activation == Activation::LeakyRelu) text += fmt::format(", slope={}", activate.slope);
  return text;
}

std::string attributes(const Op& op) {
  return std::visit(
      Overloaded{
          [](const Embedding&) { return std::string{}; },
          [](const Linear& linear) { return attributes(linear.activation, linear.residual); },
          [](const QuantizedLinear& linear) { return attributes(linear); },
          [](const FakeQuantize& rounding) {
            return fmt::format("range=[{}, {}], activation_max={}", rounding.min, rounding.max,
                               rounding.activation_max);
          },
          [](const LayerNorm& norm) { return fmt::format("epsilon={}", norm.epsilon); },
          [](const Activate& activate) { return attributes(activate); },
          [](const Softmax&) { return std::string{}; },
          [](const Attention& attention) { return fmt::format("heads={}", attention.heads); },
          [](const PackedAttention& attention) { return fmt::format("heads={}", attention.heads); },
          [](const Add&) { return std::string{}; },
          [](const Reshape& reshape) { return fmt::format("shape={}", to_string(reshape.shape)); },
          [](const Transpose& transpose) {
            return fmt::format("permutation=[{}]", fmt::join(transpose.permutation, ", "));
          },
          [](const Slice& slice) {
            return fmt::format("axis={}, start={}, length={}", slice.axis, slice.start,
                               to_string(slice.length));
          },
          [](const Cast& cast) { return fmt::format("to={}", medbench::to_string(cast.to)); },
          [](const RoundToFp8& round) {
            return round.scale > 0 ? fmt::format("scale={}", round.scale) : std::string("scale=rows");
          },
          [](const Convolution& convolution) { return window(convolution); },
          [](const QuantizedConvolution& convolution) {
            return fmt::format("{}, weight_max={}", window(convolution.window), convolution.weight_max);
          },
          [](const TransposedConvolution& convolution) {
            return window(convolution) + ", " + list("output_padding", convolution.output_padding);
          },
          [](const Pool& pool) { return attributes(pool); },
          [](const AdaptiveAveragePool& pool) { return list("sizes", pool.sizes); },
          [](const BatchNorm& norm) { return fmt::format("epsilon={}", norm.epsilon); },
          [](const InstanceNorm& norm) {
            return fmt::format("epsilon={}{}", norm.epsilon, norm.affine ? ", affine" : "");
          },
          [](const Concatenate& concatenate) { return fmt::format("axis={}", concatenate.axis); },
          [](const Upsample& upsample) {
            return fmt::format("interpolation={}, {}", to_string(upsample.interpolation),
                               list("scale", upsample.scale));
          },
          [](const Pad& pad) {
            return fmt::format("{}, {}, value={}", list("begin", pad.begin), list("end", pad.end), pad.value);
          },
      },
      op);
}

std::string name_in(const Graph& graph, ValueId id) {
  return id < graph.values.size() ? "%" + graph.values[id].name : fmt::format("%<no value {}>", id);
}

std::string declaration(const Value& value) {
  return fmt::format("  %{}: {} = ", value.name, to_string(ValueType{value.dtype, value.shape}));
}

}  // namespace

std::string to_string(const Graph& graph, const Node& node) {
  std::string arguments;
  for (const ValueId id : node.inputs) {
    if (!arguments.empty()) arguments += ", ";
    arguments += name_in(graph, id);
  }
  std::string text = fmt::format("{}({})", name_of(node.op), arguments);
  const std::string braces = attributes(node.op);
  if (!braces.empty()) text += " {" + braces + "}";
  return text;
}

std::string to_string(const Graph& graph) {
  std::string text = fmt::format("graph {}\n", graph.name);
  for (const Value& value : graph.values) {
    if (value.kind == ValueKind::Input) text += declaration(value) + "Input\n";
    if (value.kind != ValueKind::Parameter) continue;
    text += declaration(value) + "Parameter";
    if (value.parts != std::vector{value.name})
      text += fmt::format(" {{parts=[{}]}}", fmt::join(value.parts, ", "));
    text += '\n';
  }
  for (const Node& node : graph.nodes) {
    text += node.output < graph.values.size() ? declaration(graph.values[node.output])
                                              : fmt::format("  {} = ", name_in(graph, node.output));
    text += to_string(graph, node) + "\n";
  }
  for (const Output& output : graph.outputs) {
    text += fmt::format("  output {} = {}\n", output.name, name_in(graph, output.value));
  }
  return text;
}

}  // namespace medbench::ir
