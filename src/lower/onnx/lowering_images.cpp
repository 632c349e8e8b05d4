// Operations on images and volumes.
#include <algorithm>
#include <utility>

#include "lower/onnx/lowering.hpp"
#include "lower/onnx/window_attributes.hpp"

namespace medbench::lower {
namespace {

using ir::PerDimension;

enum class Side { Left, Right };  // of a product, where a matrix stands

// What makes an adaptive average along one dimension: [to, from] on the left side, [from, to] on the right.
HostTensor averages(std::int64_t from, std::int64_t to, Side side) {
  HostTensor matrix(DType::F32, side == Side::Left ? std::vector{to, from} : std::vector{from, to});
  for (std::int64_t i = 0; i < to; ++i) {
    const std::int64_t first = i * from / to;
    const std::int64_t end = ((i + 1) * from + to - 1) / to;
    for (std::int64_t j = first; j < end; ++j) {
      const std::int64_t element = side == Side::Left ? i * from + j : j * to + i;
      matrix.f32()[static_cast<std::size_t>(element)] = 1 / static_cast<float>(end - first);
    }
  }
  return matrix;
}

HostTensor filled(DType dtype, std::int64_t count, float number) {
  HostTensor row(dtype, {count});
  from_float(std::vector<float>(static_cast<std::size_t>(count), number), dtype, row.bytes());
  return row;
}

}  // namespace

// Before operator set 22 ONNX has most of these operations for all types but BF16, and where it has them
// runtimes do not. They are computed in F32 then, on rounded numbers, and their results are rounded.
std::string Lowering::image(ir::ValueId id) {
  return value(id).dtype == DType::BF16 ? wide_input(id, Form::Own) : own(id);
}

void Lowering::make_image(const ir::Node& node, const NodeSpec& spec, bool is_wide) {
  const DType dtype = value(node.output).dtype;
  if (dtype != DType::BF16 && !is_wide) return make(node, spec);
  make(node, {"Cast", {step(node, "wide", spec)}, {{"to", ModelBuilder::type_code(dtype)}}});
}

std::vector<std::string> Lowering::images(const ir::Node& node) {
  std::vector<std::string> names;
  for (const ir::ValueId id : node.inputs) names.push_back(image(id));
  return names;
}

void Lowering::lower(const ir::Node& node, const ir::Convolution& op) {
  make_image(node, {"Conv", images(node), filter_attributes(op, value(node.inputs.at(1)).shape)});
}

void Lowering::lower(const ir::Node& node, const ir::TransposedConvolution& op) {
  NodeSpec spec{"ConvTranspose", images(node), filter_attributes(op, value(node.inputs.at(1)).shape)};
  spec.attributes.push_back({"output_padding", op.output_padding});
  make_image(node, spec);
}

void Lowering::lower(const ir::Node& node, const ir::Pool& op) {
  // A maximum of integers is one of them.
  const auto unit = input_units_.find(node.inputs.at(0));
  if (op.kind == ir::Pooling::Max && unit != input_units_.end()) input_units_[node.output] = unit->second;
  NodeSpec spec{"MaxPool", images(node), window_attributes(op, op.kernel)};
  if (op.kind == ir::Pooling::Average) {
    spec.op = "AveragePool";
    spec.attributes.push_back({"count_include_pad", std::int64_t{op.count_padding}});
  }
  make_image(node, spec);
}

// Windows of one size along the dimensions that divide, products with averages along the others.
void Lowering::lower(const ir::Node& node, const ir::AdaptiveAveragePool& op) {
  const ir::ValueId id = node.inputs.at(0);
  ir::Shape shape = value(id).shape;
  if (std::all_of(op.sizes.begin(), op.sizes.end(), [](auto size) { return size == 1; }))
    return make_image(node, {"GlobalAveragePool", images(node)});
  PerDimension kernel = sizes_behind(shape, kSpatial);
  std::vector<std::size_t> uneven;  // axes
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    const bool divides = kernel[i] % op.sizes[i] == 0;
    if (!divides) uneven.push_back(kSpatial + i);
    kernel[i] = divides ? kernel[i] / op.sizes[i] : 1;
    if (divides) shape[kSpatial + i] = op.sizes[i];
  }
  const std::vector<Attribute> windows{{"kernel_shape", kernel}, {"strides", kernel}};
  if (uneven.empty()) return make_image(node, {"AveragePool", images(node), windows});
  std::string x = wide_input(id, Form::Own);  // averages have no exact form in 16 bits
  if (uneven.size() < kernel.size()) x = step(node, "windows", {"AveragePool", {x}, windows});
  const bool is_wide = value(id).dtype != DType::F32;
  for (const std::size_t axis : uneven) {
    const NodeSpec product = averaged(node, x, shape, axis, op.sizes[axis - kSpatial]);
    if (axis == uneven.back()) return make_image(node, product, is_wide);
    x = step(node, "averages", product);
  }
}

// One axis of x, whose shape is changed accordingly.
NodeSpec Lowering::averaged(const ir::Node& node, const std::string& x, ir::Shape& shape, std::size_t axis,
                            std::int64_t size) {
  const std::int64_t from = std::exchange(shape[axis], size).factor;
  const std::size_t behind = shape.size() - 1 - axis;
  const Side side = behind == 0 ? Side::Right : Side::Left;
  const std::string matrix = parameters_.constant("averages", averages(from, size, side));
  if (behind == 0) return {"MatMul", {x, matrix}};
  if (behind == 1) return {"MatMul", {matrix, x}};
  ir::Shape planes(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis));
  planes.emplace_back(from);
  planes.emplace_back(shape[axis + 1].factor * shape[axis + 2].factor);
  const std::string flat = step(node, "planes", {"Reshape", {x, dims(planes)}});
  const std::string product = step(node, "averages", {"MatMul", {matrix, flat}});
  return {"Reshape", {product, dims(shape)}};
}

void Lowering::lower(const ir::Node& node, const ir::BatchNorm& op) {
  make_image(node, {"BatchNormalization", images(node), {{"epsilon", op.epsilon}}});
}

void Lowering::lower(const ir::Node& node, const ir::InstanceNorm& op) {
  NodeSpec spec{"InstanceNormalization", images(node), {{"epsilon", op.epsilon}}};
  if (!op.affine) {
    const ir::Value& x = value(node.inputs.at(0));
    const DType dtype = x.dtype == DType::BF16 ? DType::F32 : x.dtype;
    const std::int64_t channels = x.shape[1].factor;
    spec.inputs.push_back(parameters_.constant("ones", filled(dtype, channels, 1)));
    spec.inputs.push_back(parameters_.constant("zeros", filled(dtype, channels, 0)));
  }
  make_image(node, spec);
}

void Lowering::lower(const ir::Node& node, const ir::Concatenate& op) {
  NodeSpec spec{"Concat", {}, {{"axis", std::int64_t{op.axis}}}};
  for (const ir::ValueId id : node.inputs) spec.inputs.push_back(own(id));
  make(node, spec);
}

void Lowering::lower(const ir::Node& node, const ir::Upsample& op) {
  std::vector<float> scales(kSpatial, 1);
  scales.insert(scales.end(), op.scale.begin(), op.scale.end());
  const auto rank = static_cast<std::int64_t>(scales.size());
  const std::string by = parameters_.constant("scales", HostTensor::from_f32({rank}, scales));
  NodeSpec spec{"Resize", {image(node.inputs.at(0)), "", by}};
  if (op.interpolation == ir::Interpolation::Nearest) {
    spec.attributes = {{"mode", std::string{"nearest"}},
                       {"coordinate_transformation_mode", std::string{"asymmetric"}},
                       {"nearest_mode", std::string{"floor"}}};
  } else {
    spec.attributes = {{"mode", std::string{"linear"}},
                       {"coordinate_transformation_mode", std::string{"half_pixel"}}};
  }
  make_image(node, spec);
}

void Lowering::lower(const ir::Node& node, const ir::Pad& op) {
  const DType dtype = value(node.output).dtype;
  const std::string x = image(node.inputs.at(0));
  const std::string sizes = model_.constant(joined(op.begin, op.end));
  const std::string number = model_.constant(op.value, dtype == DType::BF16 ? DType::F32 : dtype);
  make_image(node, {"Pad", {x, sizes, number}});
}

}  // namespace medbench::lower
