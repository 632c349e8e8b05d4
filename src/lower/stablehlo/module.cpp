#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "ir/shape_inference.hpp"
#include "ir/verifier.hpp"
#include "lower/stablehlo/functions.hpp"
#include "lower/stablehlo/images.hpp"
#include "lower/stablehlo/stablehlo.hpp"
#include "lower/stablehlo/writer.hpp"

namespace medbench::lower {
namespace {

class Lowering {
 public:
  Lowering(const ir::Graph& graph, const Axes& axes) : graph_(graph), axes_(axes) {
    ir::verify(graph_);
    ir::check_axes(graph_, axes_);
    terms_.resize(graph_.values.size());
    for (const ir::ValueId id : graph_.inputs()) terms_[id] = argument(Content::Input, id);
  }

  StableHloModule run() {
    for (const ir::Node& node : graph_.nodes) {
      terms_[node.output] = std::visit([&](const auto& op) { return lower(node, op); }, node.op);
    }
    std::vector<std::string> names;
    std::vector<std::string> types;
    StableHloModule result;
    for (const ir::Output& output : graph_.outputs) {
      const Term term = writer_.convert(value(output.value), DType::F32);
      names.push_back(term.name);
      types.push_back(tensor_type(term.dtype, term.shape));
      result.output_shapes.push_back(term.shape);
    }
    result.text = fmt::format(
        "module @graph {{\n  func.func public @main({}) -> ({}) {{\n{}    return {} : {}\n  }}\n}}\n",
        signature(), fmt::join(types, ", "), writer_.take_text(), fmt::join(names, ", "),
        fmt::join(types, ", "));
    result.arguments = std::move(arguments_);
    return result;
  }

 private:
  [[nodiscard]] std::string signature() const {
    std::vector<std::string> declared;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      declared.push_back(fmt::format("%arg{}: {}", i, tensor_type(arguments_[i].dtype, arguments_[i].shape)));
    }
    return fmt::format("{}", fmt::join(declared, ", "));
  }

  Term append(Argument argument) {
    Term term = Writer::argument(arguments_.size(), argument.dtype, argument.shape);
    arguments_.push_back(std::move(argument));
    return term;
  }

  // As the graph declares it.
  Term argument(Content content, ir::ValueId id) {
    const ir::Value& value = graph_.value(id);
    return append({content, id, {}, value.dtype, ir::bind(value.shape, axes_)});
  }

  // Parameters become arguments when they are first read.
  Term value(ir::ValueId id) {
    std::optional<Term>& term = terms_[id];
    if (!term) term = argument(Content::Parameter, id);
    return *term;
  }
  Term input(const ir::Node& node, std::size_t index) { return value(node.inputs.at(index)); }
  std::optional<Term> optional_input(const ir::Node& node, std::size_t index) {
    if (index >= node.inputs.size()) return std::nullopt;
    return input(node, index);
  }
  [[nodiscard]] Sizes shape_of(const ir::Node& node) const {
    return ir::bind(graph_.value(node.output).shape, axes_);
  }

  // Layers that round the same weight in the same way share its arguments.
  QuantizedWeight quantized_weight(const ir::Node& node, ir::QuantizedLinear op) {
    const ir::ValueId id = node.inputs.at(1);
    const ir::Value& weight = graph_.value(id);
    if (weight.kind != ir::ValueKind::Parameter) {
      throw unsupported_error("'{}' is computed, but a weight that is rounded must be a parameter",
                              weight.name);
    }
    op.activation = ir::Activation::None;
    op.residual = false;
    for (const Known& known : quantized_) {
      if (known.id == id && known.op == op) return known.weight;
    }
    const Sizes plain = ir::bind(weight.shape, axes_);
    Sizes shape = plain;
    if (op.group != 0) {
      if (plain[1] % op.group != 0) {
        throw unsupported_error(
            "'{}' has rows of {} features, which groups of {} do not divide: take another group_size",
            weight.name, plain[1], op.group);
      }
      shape = {plain[0], plain[1] / op.group, op.group};
    }
    const Sizes rows(shape.begin(), shape.end() - 1);
    QuantizedWeight result{append({Content::WeightInts, id, op, DType::I8, shape}),
                           append({Content::WeightScales, id, op, DType::F32, rows}),
                           append({Content::WeightSums, id, op, DType::I32, rows}),
                           {}};
    if (op.group != 0 && op.input == ir::ActivationQuantization::Dynamic)
      result.equalisers = append({Content::WeightEqualisers, id, op, DType::F32, {plain[1]}});
    quantized_.push_back({id, op, result});
    return result;
  }

  Term lower(const ir::Node& node, const ir::Embedding&) {
    return writer_.gather_rows(input(node, 1), input(node, 0));
  }

  Term lower(const ir::Node& node, const ir::Linear& op) {
    const Term x = input(node, 0);
    Term y = product(writer_, x, input(node, 1), x.dtype);
    y = writer_.add(y, writer_.broadcast(input(node, 2), y.shape));
    y = activate(writer_, y, op.activation);
    return op.residual ? writer_.add(y, input(node, 3)) : y;
  }

  Term lower(const ir::Node& node, const ir::QuantizedLinear& op) {
    const Term x = input(node, 0);
    const QuantizedWeight weight = quantized_weight(node, op);
    Term y = quantized_product(writer_, x, weight, op);
    y = writer_.add(y, writer_.broadcast(writer_.convert(input(node, 2), DType::F32), y.shape));
    y = activate(writer_, y, op.activation);
    if (op.residual) y = writer_.add(y, writer_.convert(input(node, 3), DType::F32));
    return writer_.convert(y, x.dtype);
  }

  Term lower(const ir::Node& node, const ir::FakeQuantize& op) {
    return fake_quantize(writer_, input(node, 0), op);
  }
  Term lower(const ir::Node& node, const ir::LayerNorm& op) {
    return layer_norm(writer_, input(node, 0), input(node, 1), input(node, 2), op.epsilon);
  }
  Term lower(const ir::Node& node, const ir::Activate& op) {
    return activate(writer_, input(node, 0), op.activation, op.slope);
  }
  Term lower(const ir::Node& node, const ir::Softmax&) { return softmax(writer_, input(node, 0)); }
  Term lower(const ir::Node& node, const ir::Attention& op) {
    return attention(writer_, input(node, 0), input(node, 1), input(node, 2), input(node, 3), op.heads);
  }

  static Term lower(const ir::Node& /*node*/, const ir::PackedAttention& /*op*/) {
    throw unsupported_error("StableHLO has no attention over texts without padding: pad them to the longest");
  }

  Term lower(const ir::Node& node, const ir::Add&) {
    const Term a = input(node, 0);
    const Term b = input(node, 1);
    const Sizes shape = shape_of(node);
    return writer_.add(writer_.broadcast(a, shape), writer_.broadcast(b, shape));
  }

  Term lower(const ir::Node& node, const ir::Reshape& op) {
    return writer_.reshape(input(node, 0), ir::bind(op.shape, axes_));
  }
  Term lower(const ir::Node& node, const ir::Transpose& op) {
    return writer_.transpose(input(node, 0), {op.permutation.begin(), op.permutation.end()});
  }
  Term lower(const ir::Node& node, const ir::Slice& op) {
    return writer_.slice(input(node, 0), static_cast<std::size_t>(op.axis), op.start,
                         ir::bind(op.length, axes_));
  }
  Term lower(const ir::Node& node, const ir::Cast& op) { return writer_.convert(input(node, 0), op.to); }

  Term lower(const ir::Node& node, const ir::Convolution& op) {
    return convolution(writer_, input(node, 0), input(node, 1), optional_input(node, 2), shape_of(node), op);
  }
  Term lower(const ir::Node& node, const ir::QuantizedConvolution& op) {
    const Term weight = rounded_filters(writer_, input(node, 1), op.weight_max);
    return convolution(writer_, input(node, 0), weight, optional_input(node, 2), shape_of(node), op.window);
  }
  Term lower(const ir::Node& node, const ir::TransposedConvolution& op) {
    return transposed_convolution(writer_, input(node, 0), input(node, 1), optional_input(node, 2),
                                  shape_of(node), op);
  }
  Term lower(const ir::Node& node, const ir::Pool& op) { return pool(writer_, input(node, 0), op); }
  Term lower(const ir::Node& node, const ir::AdaptiveAveragePool& op) {
    return adaptive_average_pool(writer_, input(node, 0), op);
  }
  Term lower(const ir::Node& node, const ir::BatchNorm& op) {
    return batch_norm(writer_, input(node, 0), input(node, 1), input(node, 2), input(node, 3), input(node, 4),
                      op.epsilon);
  }
  Term lower(const ir::Node& node, const ir::InstanceNorm& op) {
    return instance_norm(writer_, input(node, 0), optional_input(node, 1), optional_input(node, 2),
                         op.epsilon);
  }
  Term lower(const ir::Node& node, const ir::Concatenate& op) {
    std::vector<Term> parts;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) parts.push_back(input(node, i));
    return writer_.concatenate(parts, static_cast<std::size_t>(op.axis));
  }
  Term lower(const ir::Node& node, const ir::RoundToFp8& /*op*/) {
    throw unsupported_error("{}: fp8 is lowered to ONNX for TensorRT alone", node.name);
  }
  Term lower(const ir::Node& node, const ir::Upsample& op) { return upsample(writer_, input(node, 0), op); }
  Term lower(const ir::Node& node, const ir::Pad& op) { return pad(writer_, input(node, 0), op); }

  const ir::Graph& graph_;
  Axes axes_;
  Writer writer_;
  std::vector<Argument> arguments_;
  std::vector<std::optional<Term>> terms_;  // by value
  struct Known {
    ir::ValueId id = 0;
    ir::QuantizedLinear op;
    QuantizedWeight weight;
  };
  std::vector<Known> quantized_;
};

}  // namespace

StableHloModule to_stablehlo(const ir::Graph& graph, const Axes& axes) {
  return Lowering{graph, axes}.run();
}

}  // namespace medbench::lower
