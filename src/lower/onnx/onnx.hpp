// The ONNX writer: a graph as an ONNX model whose large weights stay outside, mapped from the checkpoint
// where its own layout will do. `batch` and `seq` stay open. It links no runtime and knows none but by the
// table of flavours; how a runtime loads the model is its backend's affair.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "lower/onnx/flavour.hpp"

namespace medbench::lower {

// The location that external data has in the model, relative to the model's folder.
inline constexpr std::string_view kWeightsFile = "weights.bin";

// One external tensor. `data.view` has this type and shape; its bytes lie in the checkpoint's mapping or are
// owned, and may be aligned to 8 bytes only.
struct OnnxInitializer {
  std::string name;
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
  ir::ParameterData data;
  std::uint64_t offset = 0;  // in the weights file
};

struct OnnxModel {
  std::string proto;                          // a serialised ModelProto
  std::vector<OnnxInitializer> initializers;  // those that refer to the weights file, by ascending offset
  std::uint64_t weights_bytes = 0;            // the size of the weights file
  // What the model calls the graph's inputs and outputs, in the graph's order. These are the graph's own
  // names except where ONNX cannot have them: taken by an input, or no printable text.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};

// `graph` is fp32 or lowered to F16 or BF16, and may hold QuantizedLinears; passes that the flavour asks for
// are done here. Throws Usage for weights that are missing or have another shape, Unsupported for what ONNX
// cannot hold, and Internal for a broken graph.
OnnxModel to_onnx(const ir::Graph& graph, ir::ParameterSource& weights, const OnnxFlavour& flavour);

}  // namespace medbench::lower
