// The cases that every backend must pass: each operation alone in several shapes, graphs with awkward
// structure, and tiny encoders.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"
#include "ir/graph.hpp"

namespace medbench::conformance {

struct Case {
  std::string name;
  ir::Graph graph;
  Axes axes;
  std::function<NamedTensors(std::uint64_t seed)> inputs;
};

// All cases of a family of the table of families. Throws Internal for another name.
std::vector<Case> cases_of(std::string_view family);

}  // namespace medbench::conformance
