// What a device or a library computes in one call although the graph says it in several nodes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "ir/graph.hpp"

namespace medbench::torch_backend {

// Linears whose residual is better added by the LayerNorm that alone reads them: the Linear's output, and the
// residual's value. Widths are bound by the graph.
std::map<ir::ValueId, ir::ValueId> additions_before_norms(const ir::Graph& graph);

// An operation on images and what alone reads it, which one call computes: activation(first + addend), and
// then its largest in each window of the pool.
struct ImageChain {
  const ir::Node* first = nullptr;    // all nodes are the graph's, which must outlive the chain
  std::vector<ir::ValueId> joined;    // what a BatchNorm's x is, or a Concatenate makes: images, by channels
  std::optional<ir::ValueId> addend;  // of the convolution's own shape
  ir::Activate activation;            // None where there is none
  const ir::Node* pool = nullptr;
};
struct ImageChains {
  std::map<ir::ValueId, ImageChain> by_result;  // the value that the last node makes
  std::set<ir::ValueId> inside;                 // values that become no tensors
};
// What the calls can do. Without norms: what oneDNN has for a Convolution or a TransposedConvolution.
struct ChainRules {
  bool norms_and_pools = false;  // norms begin chains, a maximum ends one, an addend goes with any activation
  std::size_t most_joined = 0;   // images
  std::function<bool(const ir::Value&)> takes = [](const ir::Value&) { return true; };  // an image
  std::function<bool(ir::Activation)> activates = [](ir::Activation) { return true; };
};
// Every Convolution and TransposedConvolution that makes an image that is taken, with a reader or without.
ImageChains image_chains(const ir::Graph& graph, const ChainRules& rules = {});

}  // namespace medbench::torch_backend
