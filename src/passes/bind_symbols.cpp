#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "passes/passes.hpp"

namespace medbench::passes {

namespace {

ir::Graph bind_where(const std::function<bool(const ir::Dim&)>& is_meant, ir::Graph graph, const Axes& axes) {
  const auto bind = [&](ir::Dim& dim) {
    if (is_meant(dim)) dim = ir::bind(dim, axes);
  };
  for (auto& value : graph.values) std::for_each(value.shape.begin(), value.shape.end(), bind);
  for (auto& node : graph.nodes) {
    for (ir::Dim& dim : ir::dims_of(node.op)) bind(dim);
  }
  return graph;
}

}  // namespace

ir::Graph bind_symbols(ir::Graph graph, const Axes& axes) {
  return bind_where([](const ir::Dim& dim) { return !dim.is_static(); }, std::move(graph), axes);
}

ir::Graph bind_free_symbols(ir::Graph graph, const Axes& axes) {
  std::set<Axis> shown;
  for (const ir::ValueId id : graph.inputs()) {
    for (const ir::Dim& dim : graph.value(id).shape) {
      for (const AxisInfo& row : kAxes) {
        if (dim.power(row.axis) != 0) shown.insert(row.axis);
      }
    }
  }
  const auto has_free = [&](const ir::Dim& dim) {
    return std::any_of(kAxes.begin(), kAxes.end(), [&](const AxisInfo& row) {
      return dim.power(row.axis) != 0 && !shown.contains(row.axis);
    });
  };
  return bind_where(has_free, std::move(graph), axes);
}

}  // namespace medbench::passes
