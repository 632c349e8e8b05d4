#include "backend/openvino/model.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <map>
#include <onnx.pb.h>
#include <openvino/core/graph_util.hpp>
#include <openvino/op/constant.hpp>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "lower/onnx/onnx.hpp"

namespace medbench::openvino_backend {

namespace {

// OpenVINO's ONNX reader takes external data with this location from the process's memory: the offset is the
// address. (Made for OpenVINO's execution provider in ONNX Runtime.)
constexpr std::string_view kInMemory = "*/_ORT_MEM_ADDR_/*";

void set_external_data(onnx::TensorProto& tensor, const TensorView& view) {
  const auto add = [&](std::string_view key, std::string value) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(std::string(key));
    entry.set_value(std::move(value));
  };
  tensor.clear_external_data();
  add("location", std::string(kInMemory));
  add("offset", fmt::format("{}", reinterpret_cast<std::uintptr_t>(view.data.data())));
  add("length", fmt::format("{}", view.data.size()));
}

// The serialised model, whose external data are addresses now.
std::string with_addresses(const lower::OnnxModel& model) {
  onnx::ModelProto proto;
  if (!proto.ParseFromString(model.proto)) throw internal_error("the ONNX writer's model cannot be parsed");
  std::map<std::string_view, const lower::OnnxInitializer*> external;
  for (const auto& initializer : model.initializers) external.emplace(initializer.name, &initializer);
  for (auto& tensor : *proto.mutable_graph()->mutable_initializer()) {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL) continue;
    const auto it = external.find(tensor.name());
    if (it == external.end()) throw internal_error("the ONNX model has no data for {}", tensor.name());
    set_external_data(tensor, it->second->data.view);
  }
  return proto.SerializeAsString();
}

// Puts constants that own their weight in place of those that only point at it. What none points at is kept.
void hand_over(ReadModel& read, std::vector<lower::OnnxInitializer> initializers) {
  std::map<const void*, std::shared_ptr<ir::ParameterData>> owners;
  for (auto& initializer : initializers) {
    const void* address = initializer.data.view.data.data();
    owners.emplace(address, std::make_shared<ir::ParameterData>(std::move(initializer.data)));
  }
  for (const auto& operation : read.model->get_ordered_ops()) {
    const auto constant = ov::as_type_ptr<ov::op::v0::Constant>(operation);
    if (!constant) continue;
    const auto owner = owners.find(constant->get_data_ptr());
    if (owner == owners.end()) continue;
    const auto owning = std::make_shared<ov::op::v0::Constant>(
        constant->get_element_type(), constant->get_shape(), owner->first, owner->second);
    owning->set_friendly_name(constant->get_friendly_name());
    ov::replace_node(constant, owning);
  }
  for (auto& [address, owner] : owners) {
    if (owner.use_count() == 1) read.kept.push_back(std::move(*owner));
  }
}

}  // namespace

bool has_input(const ov::Model& model, const std::string& name) {
  const auto& inputs = model.inputs();
  return std::any_of(inputs.begin(), inputs.end(),
                     [&](const auto& input) { return input.get_names().contains(name); });
}

ReadModel read_model(ov::Core& core, const ir::Graph& graph, ir::ParameterSource& weights) {
  lower::OnnxModel onnx = lower::to_onnx(graph, weights, lower::find_flavour("openvino"));
  ReadModel read{.model = core.read_model(with_addresses(onnx), ov::Tensor()),
                 .inputs = std::move(onnx.inputs),
                 .outputs = std::move(onnx.outputs),
                 .kept = {}};
  hand_over(read, std::move(onnx.initializers));
  return read;
}

void bound_shapes(const ReadModel& model, const ir::Graph& graph, const ShapeRange& shapes) {
  std::map<std::string, ov::PartialShape> partial;
  const std::vector<ir::ValueId> inputs = graph.inputs();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ov::PartialShape shape;
    for (const ir::Dim& dim : graph.value(inputs[i]).shape)
      shape.push_back(ov::Dimension(ir::bind(dim, shapes.least), ir::bind(dim, shapes.most)));
    if (has_input(*model.model, model.inputs.at(i))) partial.emplace(model.inputs.at(i), std::move(shape));
  }
  model.model->reshape(partial);
}

}  // namespace medbench::openvino_backend
