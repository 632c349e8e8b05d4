// What a graph takes, and what its tensors here must be.
#pragma once

#include <string>
#include <vector>

#include "ir/graph.hpp"

namespace medbench::torch_backend {

struct GraphInput {
  std::string name;
  DType dtype = DType::F32;
  ir::Shape shape;
  // An integer mask of attention that nothing else reads: it gets its final form once, when it is written.
  bool only_masks = false;
  // Where texts without padding begin and end.
  bool are_offsets = false;
};
std::vector<GraphInput> inputs_of(const ir::Graph& graph);  // in the graph's order

bool has_attention(const ir::Graph& graph);

}  // namespace medbench::torch_backend
