// What a device or a library computes in one call although the graph says it in several nodes.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "ir/graph.hpp"

namespace medbench::torch_backend {

// Linears whose residual is better added by the LayerNorm that alone reads them: the Linear's output, and the
// residual's value. Widths are bound by the graph.
std::map<ir::ValueId, ir::ValueId> additions_before_norms(const ir::Graph& graph);

// A convolution and what alone reads it: activation(convolution + addend).
struct ConvolutionChain {
  const ir::Node* convolution = nullptr;  // of the graph, which must outlive the chain
  std::optional<ir::ValueId> addend;      // of the convolution's own shape
  ir::Activate activation;                // None where there is none
};
struct ConvolutionChains {
  std::map<ir::ValueId, ConvolutionChain> by_result;  // the value that the last node makes
  std::set<ir::ValueId> inside;                       // values that become no tensors
};
// As oneDNN computes them in one call: every Convolution and TransposedConvolution, with a reader or without.
ConvolutionChains convolution_chains(const ir::Graph& graph);

}  // namespace medbench::torch_backend
