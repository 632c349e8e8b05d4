#include "backend/torch/open_axes.hpp"

#include <ATen/core/Tensor.h>
#include <algorithm>

#include "base/error.hpp"

namespace medbench::torch_backend {

namespace {

constexpr std::size_t kMaskOperand = 3;  // of Attention

// An input's dimension that is the axis, alone or with an offset.
struct ShownAxis {
  Axis axis;
  ir::ValueId input;
  std::int64_t dimension;
  std::int64_t offset;
};

// Such an input may be left undefined by the upload.
bool feeds_a_mask(const ir::Graph& graph, ir::ValueId id) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [id](const ir::Node& node) {
    return std::holds_alternative<ir::Attention>(node.op) && node.inputs.at(kMaskOperand) == id;
  });
}

ShownAxis find_axis(const ir::Graph& graph, Axis axis, const ir::Node& node) {
  for (const ir::ValueId id : graph.inputs()) {
    if (feeds_a_mask(graph, id)) continue;
    const ir::Shape& shape = graph.value(id).shape;
    const auto found =
        std::find_if(shape.begin(), shape.end(), [axis](const ir::Dim& dim) { return dim.symbol() == axis; });
    if (found != shape.end()) return {axis, id, found - shape.begin(), found->offset};
  }
  throw internal_error("torch: '{}' needs the {}, which no input shows", node.name, info_of(axis).noun);
}

}  // namespace

std::vector<Axis> open_axes_of(const ir::Op& op, const ShapeRange& shapes) {
  const auto dims = ir::dims_of(op);
  std::vector<Axis> open;
  for (const AxisInfo& row : kAxes) {
    const bool is_there =
        std::any_of(dims.begin(), dims.end(), [&](const ir::Dim& dim) { return dim.power(row.axis) != 0; });
    if (is_there && shapes.is_open(row.axis)) open.push_back(row.axis);
  }
  return open;
}

std::function<Axes(const Values&)> running_axes(const ir::Graph& graph, const ir::Node& node,
                                                const ShapeRange& shapes) {
  std::vector<ShownAxis> shown;
  for (const Axis axis : open_axes_of(node.op, shapes)) shown.push_back(find_axis(graph, axis, node));
  return [shown, most = shapes.most](const Values& v) {
    Axes axes = most;
    for (const ShownAxis& place : shown)
      axes.set(place.axis, v[place.input].size(place.dimension) - place.offset);
    return axes;
  };
}

}  // namespace medbench::torch_backend
