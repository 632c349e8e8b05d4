#include "lower/onnx/model_builder.hpp"

#include <cstring>
#include <limits>
#include <onnx.pb.h>

#include "base/error.hpp"

namespace medbench::lower {
namespace {

// Readers of any age that know the operators also know this version of the format.
constexpr std::int64_t kIrVersion = 8;
// Smaller tensors travel inside the model, where shape inference sees them.
constexpr std::size_t kSmallBytes = 256;
// Of tensors in the weights file: a cache line.
constexpr std::uint64_t kAlignment = 64;

onnx::TensorProto::DataType element_type(DType dtype) {
  switch (dtype) {
    case DType::F64:
      return onnx::TensorProto::DOUBLE;
    case DType::F32:
      return onnx::TensorProto::FLOAT;
    case DType::F16:
      return onnx::TensorProto::FLOAT16;
    case DType::BF16:
      return onnx::TensorProto::BFLOAT16;
    case DType::I64:
      return onnx::TensorProto::INT64;
    case DType::I32:
      return onnx::TensorProto::INT32;
    case DType::I16:
      return onnx::TensorProto::INT16;
    case DType::I8:
      return onnx::TensorProto::INT8;
    case DType::U8:
      return onnx::TensorProto::UINT8;
    case DType::Bool:
      return onnx::TensorProto::BOOL;
  }
  throw internal_error("unknown data type");
}

void set_type(onnx::ValueInfoProto& info, const std::string& name, DType dtype, const ir::Shape& shape) {
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(element_type(dtype));
  auto& dims = *tensor.mutable_shape();
  for (const ir::Dim& dim : shape) {
    auto& entry = *dims.add_dim();
    if (dim.is_static()) {
      entry.set_dim_value(dim.factor);
    } else {
      entry.set_dim_param(ir::to_string(dim));
    }
  }
}

void set_attribute(onnx::NodeProto& node, const Attribute& attribute) {
  auto& proto = *node.add_attribute();
  proto.set_name(std::string{attribute.name});
  std::visit(ir::Overloaded{
                 [&](std::int64_t value) {
                   proto.set_type(onnx::AttributeProto::INT);
                   proto.set_i(value);
                 },
                 [&](double value) {
                   proto.set_type(onnx::AttributeProto::FLOAT);
                   proto.set_f(static_cast<float>(value));
                 },
                 [&](const std::string& value) {
                   proto.set_type(onnx::AttributeProto::STRING);
                   proto.set_s(value);
                 },
                 [&](const std::vector<std::int64_t>& values) {
                   proto.set_type(onnx::AttributeProto::INTS);
                   for (const std::int64_t value : values) proto.add_ints(value);
                 },
             },
             attribute.value);
}

void add_external_entry(onnx::TensorProto& tensor, std::string_view key, std::string value) {
  auto& entry = *tensor.add_external_data();
  entry.set_key(std::string{key});
  entry.set_value(std::move(value));
}

}  // namespace

ModelBuilder::ModelBuilder(std::string_view graph_name, std::int64_t opset)
    : model_(std::make_unique<onnx::ModelProto>()) {
  model_->set_ir_version(kIrVersion);
  model_->set_producer_name("medbench");
  model_->set_producer_version(MEDBENCH_VERSION);
  auto& operators = *model_->add_opset_import();
  operators.set_domain("");
  operators.set_version(opset);
  const std::string name = printable(graph_name);
  model_->mutable_graph()->set_name(name.empty() ? "graph" : name);
}

ModelBuilder::~ModelBuilder() = default;

std::string ModelBuilder::unique_name(std::string_view wanted) {
  std::string name = printable(wanted);
  if (name.empty()) name = "value";  // ONNX reads an empty name as an input left out
  if (names_.insert(name).second) return name;
  int& number = suffixes_[name];
  std::string candidate;
  do {
    candidate = fmt::format("{}.{}", name, ++number);
  } while (!names_.insert(candidate).second);
  return candidate;
}

void ModelBuilder::add_input(const std::string& name, DType dtype, const ir::Shape& shape) {
  set_type(*model_->mutable_graph()->add_input(), name, dtype, shape);
  result_.inputs.push_back(name);
}

void ModelBuilder::add_output(const std::string& name, DType dtype, const ir::Shape& shape) {
  set_type(*model_->mutable_graph()->add_output(), name, dtype, shape);
  result_.outputs.push_back(name);
}

onnx::NodeProto& ModelBuilder::append(const NodeSpec& node, std::string_view name) {
  auto& proto = *model_->mutable_graph()->add_node();
  proto.set_op_type(std::string{node.op});
  proto.set_name(std::string{name});
  if (!node.domain.empty()) {
    proto.set_domain(std::string{node.domain});
    domains_.emplace(node.domain);
  }
  for (const std::string& input : node.inputs) proto.add_input(input);
  for (const Attribute& attribute : node.attributes) set_attribute(proto, attribute);
  return proto;
}

std::string ModelBuilder::add(const NodeSpec& node, std::string_view wanted) {
  std::string name = unique_name(wanted);
  add_exactly(node, name);
  return name;
}

std::vector<std::string> ModelBuilder::add(const NodeSpec& node, std::span<const std::string> wanted) {
  std::vector<std::string> names;
  names.reserve(wanted.size());
  for (const std::string& name : wanted) names.push_back(unique_name(name));
  auto& proto = append(node, names.front());
  for (const std::string& name : names) proto.add_output(name);
  return names;
}

void ModelBuilder::add_exactly(const NodeSpec& node, const std::string& name) {
  append(node, name).add_output(name);
}

void ModelBuilder::set_raw(onnx::TensorProto& tensor, DType dtype, std::span<const std::int64_t> shape,
                           std::span<const std::byte> bytes) {
  tensor.set_data_type(element_type(dtype));
  for (const std::int64_t size : shape) tensor.add_dims(size);
  tensor.set_raw_data(bytes.data(), bytes.size());
}

std::int64_t ModelBuilder::type_code(DType dtype) {
  return element_type(dtype);
}

std::string ModelBuilder::constant(const std::vector<std::int64_t>& values) {
  std::string& name = integers_[values];
  if (!name.empty()) return name;
  std::string wanted = "const";
  for (const std::int64_t value : values) wanted += fmt::format("_{}", value);
  name = unique_name(wanted);
  auto& tensor = *model_->mutable_graph()->add_initializer();
  tensor.set_name(name);
  const std::int64_t size = static_cast<std::int64_t>(values.size());
  set_raw(tensor, DType::I64, {&size, 1}, std::as_bytes(std::span{values}));
  return name;
}

std::string ModelBuilder::constant(double value, DType dtype) {
  std::string& name = scalars_[{value, dtype}];
  if (!name.empty()) return name;
  name = unique_name(fmt::format("const_{:.7g}", value));
  auto& tensor = *model_->mutable_graph()->add_initializer();
  tensor.set_name(name);
  const auto narrow = static_cast<float>(value);
  const auto integer = static_cast<std::int64_t>(value);
  const std::uint16_t half = dtype == DType::F16 ? float_to_f16(narrow) : float_to_bf16(narrow);
  std::span<const std::byte> bytes = std::as_bytes(std::span{&half, 1});
  if (dtype == DType::F32) bytes = std::as_bytes(std::span{&narrow, 1});
  // Little endian: the first bytes of a small integer are the integer in a narrower type.
  if (!is_floating_point(dtype)) bytes = std::as_bytes(std::span{&integer, 1}).first(size_of(dtype));
  set_raw(tensor, dtype, {}, bytes);
  return name;
}

std::string ModelBuilder::add_weight(std::string_view wanted, DType dtype, std::vector<std::int64_t> shape,
                                     ir::ParameterData data) {
  std::string name = unique_name(wanted);
  auto& tensor = *model_->mutable_graph()->add_initializer();
  tensor.set_name(name);
  const auto bytes = data.view.data;
  if (bytes.size() <= kSmallBytes) {
    set_raw(tensor, dtype, shape, bytes);
    return name;
  }
  tensor.set_data_type(element_type(dtype));
  for (const std::int64_t size : shape) tensor.add_dims(size);
  const std::uint64_t offset = (result_.weights_bytes + kAlignment - 1) / kAlignment * kAlignment;
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  add_external_entry(tensor, "location", std::string{kWeightsFile});
  add_external_entry(tensor, "offset", std::to_string(offset));
  add_external_entry(tensor, "length", std::to_string(bytes.size()));
  result_.weights_bytes = offset + bytes.size();
  result_.initializers.push_back({name, dtype, std::move(shape), std::move(data), offset});
  return name;
}

std::string ModelBuilder::fp8_zero() {
  if (!fp8_zero_.empty()) return fp8_zero_;
  fp8_zero_ = unique_name("fp8_zero");
  auto& tensor = *model_->mutable_graph()->add_initializer();
  tensor.set_name(fp8_zero_);
  constexpr std::byte kZero{};
  set_raw(tensor, DType::U8, {}, {&kZero, 1});
  tensor.set_data_type(onnx::TensorProto::FLOAT8E4M3FN);
  return fp8_zero_;
}

std::string ModelBuilder::add_fp8_weight(std::string_view wanted, std::vector<std::int64_t> shape,
                                         ir::ParameterData data) {
  std::string name = add_weight(wanted, DType::U8, std::move(shape), std::move(data));
  auto& initializers = *model_->mutable_graph()->mutable_initializer();
  initializers.rbegin()->set_data_type(onnx::TensorProto::FLOAT8E4M3FN);
  return name;
}

OnnxModel ModelBuilder::finish() {
  for (const std::string& domain : domains_) {
    auto& operators = *model_->add_opset_import();
    operators.set_domain(domain);
    operators.set_version(1);
  }
  // Protobuf cannot write more than this, and aborts instead of failing in some builds.
  const std::size_t size = model_->ByteSizeLong();
  if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw unsupported_error(
        "the graph '{}' has {} bytes as ONNX without its weights, and the format ends at 2 GiB: it has too "
        "many nodes",
        model_->graph().name(), size);
  }
  if (!model_->SerializeToString(&result_.proto)) throw internal_error("cannot serialise the ONNX model");
  return std::move(result_);
}

}  // namespace medbench::lower
