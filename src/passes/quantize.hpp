// Linear layers in integers: the pass that says which and how. Embeddings, attention and normalisation stay
// in floating point.
#pragma once

#include <cstdint>

#include "ir/graph.hpp"
#include "ir/quantization.hpp"

namespace medbench::passes {

struct QuantizationSettings {
  ir::ActivationQuantization input = ir::ActivationQuantization::Dynamic;
  std::int32_t weight_max = 127;
  std::int32_t activation_max = 255;
  std::int64_t group = 0;
  bool int16_sums = false;
};

// Every Linear whose weight is a parameter becomes a QuantizedLinear with its inputs, activation and
// residual; run fusion before. Static takes the range of each layer's x from `ranges` by the value's name and
// throws Internal where it is missing or does not contain 0.
ir::Graph quantize_linears(ir::Graph graph, const QuantizationSettings& settings,
                           const ir::Ranges& ranges = {});

// The same graph with other outputs: the x of every Linear that quantize_linears would take, once each, under
// the value's own name. What a calibration runs.
ir::Graph observe_linear_inputs(ir::Graph graph);

}  // namespace medbench::passes
