// Linear layers and attention in 8 bits of floating point: the pass that says which, with scales by
// calibration. Embeddings, normalisation and activations stay as they are.
#pragma once

#include "ir/graph.hpp"
#include "ir/quantization.hpp"

namespace medbench::passes {

// Every Linear whose weight is a parameter reads x and weight through RoundToFp8, and every Attention its
// queries, keys and values; sums and softmax stay in the graph's type. Takes scales from `ranges` by the
// values' names and throws Internal where one is missing or not finite.
ir::Graph round_to_fp8(ir::Graph graph, const ir::Ranges& ranges);

// The same graph with other outputs: the values whose ranges that needs, once each, under their own names.
ir::Graph observe_fp8_inputs(ir::Graph graph);

}  // namespace medbench::passes
