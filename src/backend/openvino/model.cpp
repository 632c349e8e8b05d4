#include "backend/openvino/model.hpp"

#include <filesystem>
#include <map>
#include <string>

#include "lower/onnx/onnx.hpp"

namespace medbench::openvino_backend {

std::shared_ptr<ov::Model> read_model(ov::Core& core, const ir::Graph& graph, ir::ParameterSource& weights,
                                      const Job&) {
  const lower::OnnxModel model = lower::to_onnx(graph, weights, lower::find_flavour("openvino"));
  const std::filesystem::path path = lower::write_onnx(model, lower::default_onnx_cache());
  return core.read_model(path, {}, {ov::enable_mmap(true)});
}

void bind_shape(ov::Model& model, const ir::Graph& graph, const ir::Binding& binding, bool open_sequence) {
  std::map<std::string, ov::PartialShape> shapes;
  for (const ir::ValueId id : graph.inputs()) {
    const ir::Value& input = graph.value(id);
    ov::PartialShape shape;
    for (const ir::Dim& dim : input.shape) {
      const std::int64_t length = ir::bind(dim, binding);
      const bool is_open = open_sequence && dim.seq != 0;
      shape.push_back(is_open ? ov::Dimension(1, length) : ov::Dimension(length));
    }
    for (const auto& parameter : model.inputs()) {
      if (parameter.get_names().contains(input.name)) shapes.emplace(input.name, shape);
    }
  }
  model.reshape(shapes);
}

}  // namespace medbench::openvino_backend
