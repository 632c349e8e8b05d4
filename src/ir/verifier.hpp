// Checks that a graph is what every lowering may rely on.
#pragma once

#include "ir/graph.hpp"

namespace medbench::ir {

// Throws Internal with the node or value by name, and what was expected and found: ids in range, nodes after
// those that make their inputs, each result made once, unique names, arity, types and shapes equal to those
// inferred, parameters of fixed shape with at least one part, outputs that exist.
void verify(const Graph& graph);

// Throws Usage and names the node or value when a verified graph cannot run at these sizes: one below 1, a
// value of 2^40 elements or more, or a slice that runs past its end, which is how a sequence longer than the
// position table shows itself. Throws Internal when a symbol of the graph has no number.
void check_axes(const Graph& graph, const Axes& axes);

}  // namespace medbench::ir
