#include "tests/lower/onnx/model_text.hpp"

#include <cstring>
#include <fmt/ranges.h>
#include <onnx.pb.h>
#include <stdexcept>
#include <vector>

namespace medbench::lower {
namespace {

std::string type_name(int type) {
  return onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto::DataType>(type));
}

std::string to_text(const onnx::ValueInfoProto& info) {
  const auto& tensor = info.type().tensor_type();
  std::vector<std::string> dims;
  for (const auto& dim : tensor.shape().dim()) {
    dims.push_back(dim.has_dim_param() ? dim.dim_param() : std::to_string(dim.dim_value()));
  }
  return fmt::format("{}: {}[{}]", info.name(), type_name(tensor.elem_type()), fmt::join(dims, ", "));
}

std::string to_text(const onnx::TensorProto& tensor) {
  std::string text = fmt::format("{}: {}[{}] = ", tensor.name(), type_name(tensor.data_type()),
                                 fmt::join(tensor.dims(), ", "));
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    for (const auto& entry : tensor.external_data())
      text += fmt::format("{} {} ", entry.key(), entry.value());
    text.pop_back();
    return text;
  }
  if (tensor.data_type() == onnx::TensorProto::INT64) {
    std::vector<std::int64_t> values(tensor.raw_data().size() / sizeof(std::int64_t));
    std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
    return text + fmt::format("[{}]", fmt::join(values, ", "));
  }
  return text + fmt::format("{} bytes", tensor.raw_data().size());
}

std::string to_text(const onnx::AttributeProto& attribute) {
  switch (attribute.type()) {
    case onnx::AttributeProto::INT:
      return fmt::format("{}={}", attribute.name(), attribute.i());
    case onnx::AttributeProto::FLOAT:
      return fmt::format("{}={:g}", attribute.name(), attribute.f());
    case onnx::AttributeProto::STRING:
      return fmt::format("{}={}", attribute.name(), attribute.s());
    case onnx::AttributeProto::INTS:
      return fmt::format("{}=[{}]", attribute.name(), fmt::join(attribute.ints(), ", "));
    default:
      throw std::runtime_error("attribute of another type: " + attribute.name());
  }
}

std::string to_text(const onnx::NodeProto& node) {
  std::string text =
      fmt::format("{} = {}{}{}({})", fmt::join(node.output(), ", "), node.domain(),
                  node.domain().empty() ? "" : ".", node.op_type(), fmt::join(node.input(), ", "));
  std::vector<std::string> attributes;
  for (const auto& attribute : node.attribute()) attributes.push_back(to_text(attribute));
  if (!attributes.empty()) text += fmt::format(" {{{}}}", fmt::join(attributes, ", "));
  return text;
}

}  // namespace

std::string to_text(const OnnxModel& model) {
  onnx::ModelProto proto;
  if (!proto.ParseFromString(model.proto)) throw std::runtime_error("no ModelProto");
  std::string text = fmt::format("graph {}, IR version {}\n", proto.graph().name(), proto.ir_version());
  for (const auto& set : proto.opset_import()) {
    text += fmt::format("opset {} {}\n", set.domain().empty() ? "ai.onnx" : set.domain(), set.version());
  }
  for (const auto& input : proto.graph().input()) text += "input " + to_text(input) + "\n";
  for (const auto& tensor : proto.graph().initializer()) text += "  " + to_text(tensor) + "\n";
  for (const auto& node : proto.graph().node()) text += "  " + to_text(node) + "\n";
  for (const auto& output : proto.graph().output()) text += "output " + to_text(output) + "\n";
  return text;
}

}  // namespace medbench::lower
