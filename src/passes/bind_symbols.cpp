#include <algorithm>

#include "passes/passes.hpp"

namespace medbench::passes {

namespace {

void bind_where_free(ir::Dim& dim, const ir::Binding& binding, bool batch_is_free, bool seq_is_free) {
  if ((batch_is_free && dim.batch != 0) || (seq_is_free && dim.seq != 0)) dim = ir::bind(dim, binding);
}

}  // namespace

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
  const auto bind = [&](ir::Dim& dim) { bind_where_free(dim, binding, batch_is_free, seq_is_free); };
  for (auto& value : graph.values) std::for_each(value.shape.begin(), value.shape.end(), bind);
  for (auto& node : graph.nodes) {
    if (auto* reshape = std::get_if<ir::Reshape>(&node.op))
      std::for_each(reshape->shape.begin(), reshape->shape.end(), bind);
    if (auto* slice = std::get_if<ir::Slice>(&node.op)) bind(slice->length);
  }
  return graph;
}

}  // namespace medbench::passes
