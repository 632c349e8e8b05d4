// Linear layers with integer weights.
#include <algorithm>
#include <memory>
#include <span>

#include "base/error.hpp"
#include "ir/quantization.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {

// x as unsigned integers, with its scale (F32) and zero point (U8), both scalars. Linears that read the same
// value share them.
const Lowering::QuantizedInput& Lowering::quantized_input(const ir::Node& node, const ir::QuantizedLinear& op,
                                                          Form form) {
  const ir::ValueId id = node.inputs.at(0);
  const bool is_static = op.input == ir::ActivationQuantization::Static;
  const double min = is_static ? op.input_min : 0;
  const double max = is_static ? op.input_max : 0;
  QuantizedInput& result = quantized_[{id, form == Form::Flat, op.activation_max, min, max}];
  if (!result.integers.empty()) return result;
  const std::string x = wide_input(id, form);
  const std::string& name = value(id).name;
  if (!is_static && op.activation_max == ir::kLargestActivation) {
    const std::vector<std::string> names{name + ".integers", name + ".scale", name + ".zero_point"};
    const std::vector<std::string> made = model_.add({"DynamicQuantizeLinear", {x}}, names);
    return result = {made[0], made[1], made[2]};
  }
  if (is_static) {
    const ir::ActivationScale scale = ir::activation_scale(min, max, op.activation_max);
    result.scale = model_.constant(double{scale.scale}, DType::F32);
    result.zero_point = model_.constant(double(scale.zero_point), DType::U8);
  } else {
    measure_range(x, name, op.activation_max, result);
  }
  result.integers = model_.add({"QuantizeLinear", {x, result.scale, result.zero_point}}, name + ".integers");
  if (op.activation_max != ir::kLargestActivation) {
    const std::string zero = model_.constant(0, DType::U8);
    const std::string largest = model_.constant(op.activation_max, DType::U8);
    result.integers = model_.add({"Clip", {result.integers, zero, largest}}, name + ".integers.clipped");
  }
  return result;
}

// DynamicQuantizeLinear's formulas, for another range of integers than its own.
void Lowering::measure_range(const std::string& x, const std::string& name, std::int32_t largest,
                             QuantizedInput& result) {
  const auto add = [&](std::string_view suffix, const NodeSpec& spec) {
    return model_.add(spec, fmt::format("{}.{}", name, suffix));
  };
  const std::vector<Attribute> whole{{"keepdims", std::int64_t{0}}};
  const std::string zero = model_.constant(0, DType::F32);
  const std::string min = add("min", {"Min", {add("min.raw", {"ReduceMin", {x}, whole}), zero}});
  const std::string max = add("max", {"Max", {add("max.raw", {"ReduceMax", {x}, whole}), zero}});
  const std::string range = add("range", {"Sub", {max, min}});
  const std::string scale = add("scale.raw", {"Div", {range, model_.constant(largest, DType::F32)}});
  const std::string empty = add("empty", {"Equal", {range, zero}});
  result.scale = add("scale", {"Where", {empty, model_.constant(1, DType::F32), scale}});
  const std::string below = add("below", {"Div", {add("below.raw", {"Neg", {min}}), result.scale}});
  const std::string rounded = add("rounded", {"Round", {below}});
  result.zero_point = add("zero_point", {"Cast", {rounded}, {{"to", ModelBuilder::type_code(DType::U8)}}});
}

std::string Lowering::wide_input(ir::ValueId id, Form form) {
  std::string x = in_form(id, form);
  if (value(id).dtype == DType::F32) return x;
  return model_.add({"Cast", {x}, {{"to", ModelBuilder::type_code(DType::F32)}}}, value(id).name + ".wide");
}

std::string Lowering::integer_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form) {
  const QuantizedInput& x = quantized_input(node, op, form);
  const IntegerMatrix weight =
      parameters_.integers(node.inputs[1], op.weight_max, Layout::InOut, output_scale(node));
  const std::string sums = step(node, "sums", {"MatMulInteger", {x.integers, weight.integers, x.zero_point}});
  const std::string numbers =
      step(node, "numbers", {"Cast", {sums}, {{"to", ModelBuilder::type_code(DType::F32)}}});
  const std::string scales = step(node, "scales", {"Mul", {x.scale, weight.scales}});
  return step(node, "product", {"Mul", {numbers, scales}});
}

std::string Lowering::packed_product(const ir::Node& node, const ir::QuantizedLinear& op,
                                     const std::string& x) {
  const PackedMatrix weight = parameters_.packed(node.inputs[1], op.weight_max, op.group, output_scale(node));
  const ir::Shape& shape = value(node.inputs[1]).shape;
  return step(
      node, "product",
      {"MatMulNBits",
       {x, weight.integers, weight.scales},
       {{"K", shape[1].factor}, {"N", shape[0].factor}, {"bits", weight.bits}, {"block_size", weight.block}},
       kMicrosoft});
}

std::string Lowering::wide_bias(const ir::Node& node) {
  std::string plain = bias(node);
  if (value(node.output).dtype == DType::F32) return plain;
  return step(node, "bias", {"Cast", {plain}, {{"to", ModelBuilder::type_code(DType::F32)}}});
}

NodeSpec Lowering::grouped_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form) {
  const GroupedMatrix weight = parameters_.grouped(node.inputs[1], op, output_scale(node));
  const ir::Shape& shape = value(node.inputs[1]).shape;
  return {
      "GroupedInt8Linear",
      {wide_input(node.inputs[0], form), weight.integers, weight.factors, weight.equalisers, wide_bias(node)},
      {{"in", shape[1].factor},
       {"out", shape[0].factor},
       {"group", op.group},
       {"activation_max", std::int64_t{op.activation_max}},
       {"int16_sums", std::int64_t{op.int16_sums}}},
      kMedbench};
}

std::string Lowering::dequantized_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form) {
  std::string x = wide_input(node.inputs[0], form);
  if (op.input == ir::ActivationQuantization::Static && flavour_.symmetric_inputs) {
    x = symmetric_input(node, op, x);
  } else if (op.input == ir::ActivationQuantization::Static) {
    const QuantizedInput& integers = quantized_input(node, op, form);
    x = step(node, "input", {"DequantizeLinear", {integers.integers, integers.scale, integers.zero_point}});
  }
  return step(node, "product", {"MatMul", {x, transpose(node, dequantized_weight(node, op))}});
}

// The numbers that signed integers stand for, which are symmetric to 0.
std::string Lowering::symmetric_input(const ir::Node& node, const ir::QuantizedLinear& op,
                                      const std::string& x) {
  const double largest = std::max(-op.input_min, op.input_max);
  const double scale = largest > 0 ? largest / ir::kLargestWeight : 1;
  const std::string step_size = model_.constant(double{static_cast<float>(scale)}, DType::F32);
  const std::string zero = model_.constant(0, DType::I8);
  const std::string integers = step(node, "input.integers", {"QuantizeLinear", {x, step_size, zero}});
  return step(node, "input", {"DequantizeLinear", {integers, step_size, zero}});
}

// [out, in] F32
std::string Lowering::dequantized_weight(const ir::Node& node, const ir::QuantizedLinear& op) {
  const ir::ValueId id = node.inputs[1];
  if (op.group == 0) {
    const IntegerMatrix weight = parameters_.integers(id, op.weight_max, Layout::OutIn, output_scale(node));
    return step(node, "numbers",
                {"DequantizeLinear", {weight.integers, weight.scales}, {{"axis", std::int64_t{0}}}});
  }
  const IntegerGroups weight = parameters_.integer_groups(id, op.weight_max, op.group, output_scale(node));
  const NodeSpec wide{"Cast", {weight.integers}, {{"to", ModelBuilder::type_code(DType::F32)}}};
  std::string numbers = step(node, "numbers", {"Mul", {step(node, "integers", wide), weight.scales}});
  if (!weight.is_divided) return numbers;
  const ir::Shape& shape = value(id).shape;
  const std::string sizes = model_.constant(std::vector{shape[0].factor, shape[1].factor});
  return step(node, "matrix", {"Reshape", {numbers, sizes}});
}

NodeSpec Lowering::quantized_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form) {
  const ir::Value& weight = value(node.inputs.at(1));
  if (weight.kind != ir::ValueKind::Parameter) {
    throw unsupported_error("{} is computed, but a weight that is quantized must be a parameter",
                            weight.name);
  }
  const DType dtype = value(node.output).dtype;
  const bool in_groups = op.group != 0 && op.input == ir::ActivationQuantization::Dynamic;
  if (in_groups && flavour_.grouped == GroupedForm::Unsupported)
    throw unsupported_error("{} has no linear layers in groups of {}", flavour_.runtime, op.group);
  if (in_groups && flavour_.grouped == GroupedForm::Medbench) {
    NodeSpec sum = grouped_product(node, op, form);
    if (dtype == DType::F32) return sum;
    return {"Cast", {step(node, "sum", sum)}, {{"to", ModelBuilder::type_code(dtype)}}};
  }
  const auto product = [&] {
    const bool weights_only = op.input == ir::ActivationQuantization::None;
    if (weights_only && flavour_.weight_only == WeightOnlyForm::Microsoft) {
      return packed_product(node, op, wide_input(node.inputs[0], form));
    }
    if (weights_only || flavour_.quantized == QuantizedForm::Dequantize) {
      return dequantized_product(node, op, form);
    }
    return integer_product(node, op, form);
  };
  const std::string sums = product();
  if (dtype == DType::F32) return {"Add", {sums, bias(node)}};
  // Integers are scaled in F32, whatever the graph computes in.
  const NodeSpec sum{"Add", {sums, wide_bias(node)}};
  return {"Cast", {step(node, "sum", sum)}, {{"to", ModelBuilder::type_code(dtype)}}};
}

void Lowering::lower(const ir::Node& node, const ir::QuantizedLinear& op) {
  const Form form = available_form(node.inputs.at(0));
  finish_linear(node, quantized_product(node, op, form), op.activation, op.residual, form);
}

}  // namespace medbench::lower
