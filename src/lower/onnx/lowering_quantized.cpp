// Linear layers with integer weights.
#include <memory>
#include <span>

#include "base/error.hpp"
#include "ir/quantization.hpp"
#include "lower/onnx/lowering.hpp"

namespace medbench::lower {
namespace {

struct IntegerWeight {
  std::shared_ptr<HostTensor> integers;  // I8 [in, out]
  std::shared_ptr<HostTensor> scales;    // F32 [out]
};

IntegerWeight quantize(const TensorView& weight, std::int32_t weight_max) {
  const std::vector<float> numbers = to_float(weight);
  const auto out = static_cast<std::size_t>(weight.shape.at(0));
  const auto in = static_cast<std::size_t>(weight.shape.at(1));
  IntegerWeight result{std::make_shared<HostTensor>(DType::I8, std::vector{weight.shape[1], weight.shape[0]}),
                       std::make_shared<HostTensor>(DType::F32, std::vector{weight.shape[0]})};
  auto* integers = reinterpret_cast<std::int8_t*>(result.integers->bytes().data());
  for (std::size_t row = 0; row < out; ++row) {
    const std::span<const float> elements{numbers.data() + row * in, in};
    const float scale = ir::weight_scale(elements, weight_max);
    result.scales->f32()[row] = scale;
    for (std::size_t i = 0; i < in; ++i) {
      integers[i * out + row] =
          static_cast<std::int8_t>(ir::quantize_weight_element(elements[i], scale, weight_max));
    }
  }
  return result;
}

}  // namespace

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
  std::string x = in_form(id, form);
  const std::string& name = value(id).name;
  if (value(id).dtype != DType::F32) {
    x = model_.add({"Cast", {x}, {{"to", ModelBuilder::type_code(DType::F32)}}}, name + ".wide");
  }
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

const Lowering::QuantizedWeight& Lowering::quantized_weight(ir::ValueId id, std::int32_t weight_max) {
  QuantizedWeight& result = quantized_weights_[{id, weight_max}];
  if (!result.integers.empty()) return result;
  const ir::Value& weight = value(id);
  if (weight.kind != ir::ValueKind::Parameter) {
    throw unsupported_error("{} is computed, but a weight that is quantized must be a parameter",
                            weight.name);
  }
  const ir::ParameterData data = read(weight);
  const IntegerWeight made =
      quantize({data.view.dtype, ir::bind(weight.shape, {}), data.view.data}, weight_max);
  result.integers = model_.add_weight(weight.name + ".integers", DType::I8, made.integers->shape(),
                                      {made.integers->view(), made.integers});
  result.scales = model_.add_weight(weight.name + ".scales", DType::F32, made.scales->shape(),
                                    {made.scales->view(), made.scales});
  return result;
}

NodeSpec Lowering::quantized_product(const ir::Node& node, const ir::QuantizedLinear& op, Form form) {
  const DType dtype = value(node.output).dtype;
  const QuantizedWeight& weight = quantized_weight(node.inputs.at(1), op.weight_max);
  std::string bias = own(node.inputs.at(2));
  const bool is_wide = dtype == DType::F32;
  if (!is_wide) bias = step(node, "bias", {"Cast", {bias}, {{"to", ModelBuilder::type_code(DType::F32)}}});
  std::string product;
  if (op.input == ir::ActivationQuantization::None) {
    std::string x = in_form(node.inputs.at(0), form);
    if (!is_wide) x = step(node, "wide", {"Cast", {x}, {{"to", ModelBuilder::type_code(DType::F32)}}});
    const std::string numbers = step(
        node, "weight", {"DequantizeLinear", {weight.integers, weight.scales}, {{"axis", std::int64_t{1}}}});
    product = step(node, "product", {"MatMul", {x, numbers}});
  } else {
    const QuantizedInput& x = quantized_input(node, op, form);
    const std::string sums =
        step(node, "sums", {"MatMulInteger", {x.integers, weight.integers, x.zero_point}});
    const std::string numbers =
        step(node, "numbers", {"Cast", {sums}, {{"to", ModelBuilder::type_code(DType::F32)}}});
    const std::string scales = step(node, "scales", {"Mul", {x.scale, weight.scales}});
    product = step(node, "product", {"Mul", {numbers, scales}});
  }
  NodeSpec sum{"Add", {product, bias}};
  if (is_wide) return sum;
  return {"Cast", {step(node, "sum", std::move(sum))}, {{"to", ModelBuilder::type_code(dtype)}}};
}

void Lowering::lower(const ir::Node& node, const ir::QuantizedLinear& op) {
  const Form form = available_form(node.inputs.at(0));
  finish_linear(node, quantized_product(node, op, form), op.activation, op.residual, form);
}

}  // namespace medbench::lower
