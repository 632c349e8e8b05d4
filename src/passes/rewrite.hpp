// What passes share: who uses a value, and a graph without what nobody uses.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ir/graph.hpp"

namespace medbench::passes {

// For every value, how often nodes and outputs read it.
std::vector<std::size_t> count_uses(const ir::Graph& graph);

// A name that no value and no node has: `wanted`, or `wanted` and a number.
std::string unique_name(const ir::Graph& graph, const std::string& wanted);

// The same graph with these nodes in place of its own. Values that no node makes or reads any more are
// dropped, inputs stay.
ir::Graph with_nodes(ir::Graph graph, std::vector<ir::Node> nodes);

}  // namespace medbench::passes
