// Batch normalisation as a part of the convolution before it.
#pragma once

#include <vector>

#include "ir/folded_parameters.hpp"
#include "ir/graph.hpp"

namespace medbench::passes {

struct FoldedGraph {
  ir::Graph graph;
  std::vector<ir::FoldedConvolution> convolutions;  // what ir::FoldedParameters reads the new parameters by
};

// A BatchNorm that alone reads a Convolution or TransposedConvolution, where the weights of both are
// parameters, becomes that convolution, with a weight and a bias of its own: the graph needs FoldedParameters
// from here on. The others stay. Run it before the precision is lowered, so that what is rounded is the
// product.
FoldedGraph fold_batch_norm(ir::Graph graph);

}  // namespace medbench::passes
