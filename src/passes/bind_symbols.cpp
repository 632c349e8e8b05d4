#include <algorithm>
#include <utility>

#include "passes/passes.hpp"

namespace medbench::passes {

namespace {

void bind_where_asked(ir::Dim& dim, const ir::Binding& binding, bool batch, bool seq) {
  if ((batch && dim.batch != 0) || (seq && dim.seq != 0)) dim = ir::bind(dim, binding);
}

ir::Graph bind_all(ir::Graph graph, const ir::Binding& binding, bool batch, bool seq) {
  const auto bind = [&](ir::Dim& dim) { bind_where_asked(dim, binding, batch, seq); };
  for (auto& value : graph.values) std::for_each(value.shape.begin(), value.shape.end(), bind);
  for (auto& node : graph.nodes) {
    if (auto* reshape = std::get_if<ir::Reshape>(&node.op))
      std::for_each(reshape->shape.begin(), reshape->shape.end(), bind);
    if (auto* slice = std::get_if<ir::Slice>(&node.op)) bind(slice->length);
  }
  return graph;
}

}  // namespace

ir::Graph bind_symbols(ir::Graph graph, const ir::Binding& binding) {
  return bind_all(std::move(graph), binding, true, true);
}

ir::Graph bind_free_symbols(ir::Graph graph, const ir::Binding& binding) {
  bool batch_is_free = true;
  bool seq_is_free = true;
  for (const ir::ValueId id : graph.inputs()) {
    for (const ir::Dim& dim : graph.value(id).shape) {
      batch_is_free &= dim.batch == 0;
      seq_is_free &= dim.seq == 0;
    }
  }
  if (!batch_is_free && !seq_is_free) return graph;
  return bind_all(std::move(graph), binding, batch_is_free, seq_is_free);
}

}  // namespace medbench::passes
