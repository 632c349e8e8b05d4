// Passes: functions from a verified graph to a verified graph of the same meaning. They are separate, so that
// each backend takes what suits its runtime; they know no runtime and no weights, only names of parameters.
#pragma once

#include "ir/graph.hpp"

namespace medbench::passes {

// Linear read only by an Activate takes over the activation, where it can have it; then Linear read only by
// an Add whose other operand has the same shape takes over the addition as its residual. The fused node
// stands where the last of them stood and makes its value.
ir::Graph fuse_linear(ir::Graph graph);

// Linears that read the same value, without activation or residual and with parameters as weight and bias,
// become one Linear whose parameters are concatenated, followed by a Slice for each. For queries, keys and
// values. Run fuse_linear first, where both are wanted: a Linear that has absorbed something is left alone.
ir::Graph fuse_qkv(ir::Graph graph);

// Drops nodes that no output depends on, and parameters that nothing reads. Inputs stay: they are the graph's
// interface.
ir::Graph eliminate_dead_code(ir::Graph graph);

// The same graph at these sizes: every size is a number, and no runtime has to work it out.
ir::Graph bind_symbols(ir::Graph graph, const Axes& axes);

// A symbol that no input has as a dimension, or as a part of one, becomes its number everywhere:
// runtimes that take sizes from their inputs could not know it. Throws Internal where it has no number.
ir::Graph bind_free_symbols(ir::Graph graph, const Axes& axes);

// Every floating-point parameter and result becomes `dtype` (BF16 or F16; F32 leaves the graph as it is).
// Floating-point inputs keep their type and are cast first; outputs are cast back to F32. Ids and masks stay.
// Throws Internal for another type.
ir::Graph lower_precision(ir::Graph graph, DType dtype);

}  // namespace medbench::passes
