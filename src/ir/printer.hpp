// A graph as text for people and for golden tests, one line a value.
#pragma once

#include <string>

#include "ir/graph.hpp"

namespace medbench::ir {

// "Linear(%x, %w, %b) {activation=gelu}"; attributes at their defaults are left out where they add nothing.
std::string to_string(const Graph& graph, const Node& node);

// Inputs and parameters first, then the nodes in order, then the outputs.
std::string to_string(const Graph& graph);

}  // namespace medbench::ir
