// The sizes that an operation holds itself, where they differ from one set of inputs to the next.
#pragma once

#include <functional>
#include <vector>

#include "backend/backend.hpp"
#include "backend/torch/program.hpp"

namespace medbench::torch_backend {

// The open axes of the operation's own dimensions.
std::vector<Axis> open_axes_of(const ir::Op& op, const ShapeRange& shapes);

// The sizes in force during a run: the most of each axis, and the node's open axes as the inputs at hand have
// them. Throws Internal where no input shows one of these as a symbol, alone or with an offset.
std::function<Axes(const Values&)> running_axes(const ir::Graph& graph, const ir::Node& node,
                                                const ShapeRange& shapes);

}  // namespace medbench::torch_backend
