// Which images of a graph are bytes while its program runs, and what one call of an integer convolution does.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "ir/graph.hpp"
#include "ir/quantization.hpp"

namespace medbench::torch_backend {

// A QuantizedConvolution of bytes and what follows it.
struct ByteChain {
  const ir::Node* convolution = nullptr;
  std::optional<ir::ValueId> addend;  // bytes that nobody reads later, which the result may take the place of
  bool rounds = false;                // the result is bytes; else it is of floating point
};

struct ByteImages {
  // What the integers of an image mean: of results of FakeQuantize and of maxima over them, bytes or not.
  std::map<ir::ValueId, ir::ActivationScale> scales;
  std::set<ir::ValueId> bytes;
  std::map<ir::ValueId, ByteChain> chains;  // by the value that they make
  std::set<ir::ValueId> inside;             // values of chains that nobody makes
};

// Nothing where the graph has no QuantizedConvolution in F32.
ByteImages find_byte_images(const ir::Graph& graph);

}  // namespace medbench::torch_backend
