#include "ir/interpreter.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "ir/oracle_images.hpp"
#include "ir/oracle_ops.hpp"
#include "ir/shape_inference.hpp"
#include "ir/verifier.hpp"

namespace medbench::ir {
namespace {

constexpr std::size_t kNeverUsed = std::numeric_limits<std::size_t>::max();

std::vector<std::size_t> last_uses(const Graph& graph) {
  std::vector<std::size_t> last(graph.values.size(), kNeverUsed);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const ValueId id : graph.nodes[i].inputs) last[id] = i;
  }
  for (const Output& output : graph.outputs) last[output.value] = kNeverUsed;
  return last;
}

template <class Int>
std::vector<std::int64_t> widen(std::span<const std::byte> bytes) {
  std::vector<std::int64_t> values(bytes.size() / sizeof(Int));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Int value = 0;
    std::memcpy(&value, bytes.data() + i * sizeof(Int), sizeof(Int));
    values[i] = value;
  }
  return values;
}

HostTensor to_host(const OracleTensor& tensor) {
  if (is_floating_point(tensor.dtype)) return HostTensor::from_f32(tensor.shape, tensor.floats);
  const std::vector<float> floats(tensor.ints.begin(), tensor.ints.end());
  return HostTensor::from_f32(tensor.shape, floats);
}

}  // namespace

Interpreter::Interpreter(Graph graph, ParameterSource& parameters, Axes axes)
    : graph_(std::move(graph)), axes_(axes) {
  verify(graph_);
  check_axes(graph_, axes_);
  parameters_.resize(graph_.values.size());
  for (const ValueId id : graph_.parameters())
    parameters_[id] = read_parameter(graph_.values[id], parameters);
  last_use_ = last_uses(graph_);
}

OracleTensor Interpreter::read_parameter(const Value& value, ParameterSource& parameters) const {
  const std::vector<std::int64_t> shape = ir::bind(value.shape, axes_);
  OracleTensor tensor{value.dtype, shape, {}, {}};
  if (!is_floating_point(value.dtype)) {
    throw unsupported_error("parameter '{}' is {}: the interpreter reads floating-point ones only",
                            value.name, medbench::to_string(value.dtype));
  }
  std::vector<std::int64_t> found = shape;
  if (!found.empty()) found[0] = 0;
  for (const std::string& part : value.parts) {
    const ParameterData data = parameters.read(part);
    const std::vector<std::int64_t>& part_shape = data.view.shape;
    const bool fits = part_shape.size() == shape.size() &&
                      (shape.empty() || std::equal(shape.begin() + 1, shape.end(), part_shape.begin() + 1));
    if (!fits) {
      throw usage_error("tensor '{}' has shape {}, which does not fit parameter '{}' {}", part,
                        shape_to_string(part_shape), value.name, shape_to_string(shape));
    }
    if (!shape.empty()) found[0] += part_shape[0];
    const std::vector<float> floats = to_float(data.view);
    tensor.floats.insert(tensor.floats.end(), floats.begin(), floats.end());
  }
  if (found != shape || tensor.floats.size() != static_cast<std::size_t>(element_count(shape))) {
    throw usage_error("the tensors of parameter '{}' make {}, expected {}", value.name,
                      shape_to_string(found), shape_to_string(shape));
  }
  for (float& element : tensor.floats) element = round_to(value.dtype, double{element});
  return tensor;
}

OracleTensor Interpreter::read_input(const Value& value, const NamedTensors& inputs, const Axes& axes) {
  const auto found = inputs.find(value.name);
  if (found == inputs.end()) throw usage_error("input '{}' is missing", value.name);
  const HostTensor& given = found->second;
  const std::vector<std::int64_t> shape = ir::bind(value.shape, axes);
  const bool is_float = is_floating_point(value.dtype);
  if (given.shape() != shape ||
      (is_float ? !is_floating_point(given.dtype()) : !is_index_dtype(given.dtype()))) {
    throw usage_error("input '{}' must be {}{}, found {}{}", value.name, medbench::to_string(value.dtype),
                      shape_to_string(shape), medbench::to_string(given.dtype()),
                      shape_to_string(given.shape()));
  }
  OracleTensor tensor{value.dtype, shape, {}, {}};
  if (is_float) {
    tensor.floats = to_float(given.view());
    for (float& element : tensor.floats) element = round_to(value.dtype, double{element});
  } else if (given.dtype() == DType::I64) {
    tensor.ints = widen<std::int64_t>(given.bytes());
  } else {
    tensor.ints = widen<std::int32_t>(given.bytes());
  }
  return tensor;
}

OracleTensor Interpreter::evaluate(const Node& node, const std::vector<const OracleTensor*>& in,
                                   const Axes& axes) const {
  const auto shape = [&] { return ir::bind(graph_.value(node.output).shape, axes); };
  return std::visit(
      Overloaded{
          [&](const Embedding&) { return embedding(*in[0], *in[1], node.name); },
          [&](const Linear& op) {
            return linear(*in[0], *in[1], *in[2], op.residual ? in[3] : nullptr, op.activation);
          },
          [&](const QuantizedLinear& op) {
            return quantized_linear(*in[0], *in[1], *in[2], op.residual ? in[3] : nullptr, op);
          },
          [&](const FakeQuantize& op) { return fake_quantize(*in[0], op); },
          [&](const LayerNorm& op) { return layer_norm(*in[0], *in[1], *in[2], op.epsilon); },
          [&](const Activate& op) { return activate(*in[0], op); },
          [&](const Softmax&) { return softmax(*in[0]); },
          [&](const Attention& op) { return attention(*in[0], *in[1], *in[2], *in[3], op.heads); },
          [&](const PackedAttention& op) {
            return packed_attention(*in[0], *in[1], *in[2], *in[3], op.heads, node.name);
          },
          [&](const Add&) { return add(*in[0], *in[1]); },
          [&](const Reshape& op) { return reshape(*in[0], ir::bind(op.shape, axes)); },
          [&](const Transpose& op) { return transpose(*in[0], op.permutation); },
          [&](const Slice& op) { return slice(*in[0], op.axis, op.start, ir::bind(op.length, axes)); },
          [&](const Cast& op) { return cast(*in[0], op.to); },
          [&](const RoundToFp8& op) { return round_to_fp8(*in[0], op); },
          [&](const Convolution& op) {
            return convolution(*in[0], *in[1], op.bias ? in[2] : nullptr, shape(), op);
          },
          [&](const QuantizedConvolution& op) {
            return convolution(*in[0], rounded_filters(*in[1], op.weight_max),
                               op.window.bias ? in[2] : nullptr, shape(), op.window);
          },
          [&](const TransposedConvolution& op) {
            return transposed_convolution(*in[0], *in[1], op.bias ? in[2] : nullptr, shape(), op);
          },
          [&](const Pool& op) { return pool(*in[0], shape(), op); },
          [&](const AdaptiveAveragePool&) { return adaptive_average_pool(*in[0], shape()); },
          [&](const BatchNorm& op) { return batch_norm(*in[0], *in[1], *in[2], *in[3], *in[4], op.epsilon); },
          [&](const InstanceNorm& op) {
            return instance_norm(*in[0], op.affine ? in[1] : nullptr, op.affine ? in[2] : nullptr,
                                 op.epsilon);
          },
          [&](const Concatenate& op) { return concatenate(in, shape(), op.axis); },
          [&](const Upsample& op) { return upsample(*in[0], shape(), op); },
          [&](const Pad& op) { return pad(*in[0], shape(), op); },
      },
      node.op);
}

NamedTensors Interpreter::run(const NamedTensors& inputs, const Axes& axes) const {
  if (axes != axes_) check_axes(graph_, axes);
  std::vector<OracleTensor> values(graph_.values.size());
  const auto value_of = [&](ValueId id) -> const OracleTensor& {
    return graph_.values[id].kind == ValueKind::Parameter ? parameters_[id] : values[id];
  };
  const std::vector<ValueId> expected = graph_.inputs();
  for (const ValueId id : expected) values[id] = read_input(graph_.values[id], inputs, axes);
  if (inputs.size() != expected.size()) {
    throw usage_error("'{}' takes {} inputs, but {} were given", graph_.name, expected.size(), inputs.size());
  }
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    std::vector<const OracleTensor*> operands;
    for (const ValueId id : node.inputs) operands.push_back(&value_of(id));
    values[node.output] = evaluate(node, operands, axes);
    for (const ValueId id : node.inputs) {
      if (last_use_[id] == i) values[id] = {};
    }
  }
  NamedTensors outputs;
  for (const Output& output : graph_.outputs) outputs.emplace(output.name, to_host(value_of(output.value)));
  return outputs;
}

NamedTensors interpret(const Graph& graph, ParameterSource& parameters, const Axes& axes,
                       const NamedTensors& inputs) {
  return Interpreter{graph, parameters, axes}.run(inputs);
}

}  // namespace medbench::ir
