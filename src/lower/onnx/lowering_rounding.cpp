// Convolutions in integers: QuantizeLinear and DequantizeLinear around a Conv, which runtimes fuse into an
// integer one.
#include "base/error.hpp"
#include "ir/quantization.hpp"
#include "lower/onnx/lowering.hpp"
#include "lower/onnx/window_attributes.hpp"

namespace medbench::lower {

void Lowering::lower(const ir::Node& node, const ir::FakeQuantize& op) {
  const ir::ActivationScale scale = ir::activation_scale(op.min, op.max, op.activation_max);
  const std::string unit = model_.constant(double{scale.scale}, DType::F32);
  const std::string zero_point = model_.constant(double(scale.zero_point), DType::U8);
  std::string integers = step(
      node, "integers", {"QuantizeLinear", {wide_input(node.inputs.at(0), Form::Own), unit, zero_point}});
  if (op.activation_max != ir::kLargestActivation) {
    const std::string zero = model_.constant(0, DType::U8);
    const std::string largest = model_.constant(op.activation_max, DType::U8);
    integers = step(node, "clipped", {"Clip", {integers, zero, largest}});
  }
  const NodeSpec numbers{"DequantizeLinear", {integers, unit, zero_point}};
  const DType dtype = value(node.output).dtype;
  if (dtype == DType::F32) {
    input_units_[node.output] = scale.scale;
    return make(node, numbers);
  }
  make(node, {"Cast", {step(node, "numbers", numbers)}, {{"to", ModelBuilder::type_code(dtype)}}});
}

// The bias is of integers, too, where x is, or it would keep runtimes from an integer convolution.
void Lowering::lower(const ir::Node& node, const ir::QuantizedConvolution& op) {
  const ir::Value& weight = value(node.inputs.at(1));
  if (weight.kind != ir::ValueKind::Parameter) {
    throw unsupported_error("{} is computed, but a weight that is quantized must be a parameter",
                            weight.name);
  }
  const auto unit = input_units_.find(node.inputs[0]);
  const bool has_integer_bias =
      op.window.bias && unit != input_units_.end() && value(node.inputs[2]).kind == ir::ValueKind::Parameter;
  const IntegerFilters filters =
      has_integer_bias ? parameters_.filters(node.inputs[1], op.weight_max, node.inputs[2], unit->second)
                       : parameters_.filters(node.inputs[1], op.weight_max);
  const std::vector<Attribute> by_channel{{"axis", std::int64_t{0}}};
  NodeSpec spec{"Conv", {wide_input(node.inputs[0], Form::Own)}, filter_attributes(op.window, weight.shape)};
  spec.inputs.push_back(
      step(node, "filters", {"DequantizeLinear", {filters.integers, filters.scales}, by_channel}));
  if (has_integer_bias) {
    spec.inputs.push_back(
        step(node, "bias", {"DequantizeLinear", {filters.bias, filters.bias_scales}, by_channel}));
  } else if (op.window.bias) {
    spec.inputs.push_back(wide_input(node.inputs[2], Form::Own));
  }
  const DType dtype = value(node.output).dtype;
  if (dtype == DType::F32) return make(node, spec);
  make(node, {"Cast", {step(node, "wide", spec)}, {{"to", ModelBuilder::type_code(dtype)}}});
}

}  // namespace medbench::lower
