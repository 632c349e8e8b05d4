// What a device computes in one kernel although the graph says it in two nodes.
#pragma once

#include <map>

#include "ir/graph.hpp"

namespace medbench::torch_backend {

// Linears whose residual is better added by the LayerNorm that alone reads them: the Linear's output, and the
// residual's value. Widths are bound by the graph.
std::map<ir::ValueId, ir::ValueId> additions_before_norms(const ir::Graph& graph);

}  // namespace medbench::torch_backend
