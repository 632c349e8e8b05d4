// Linear layers and convolutions in integers: the pass that says which and how. Embeddings, attention and
// normalisation stay in floating point.
#pragma once

#include <cstdint>

#include "ir/graph.hpp"
#include "ir/quantization.hpp"
#include "passes/quantize_images.hpp"

namespace medbench::passes {

struct QuantizationSettings {
  ir::ActivationQuantization input = ir::ActivationQuantization::Dynamic;
  std::int32_t weight_max = 127;
  std::int32_t activation_max = 255;
  std::int64_t group = 0;
  bool int16_sums = false;
  // With Static alone: whether convolutions are rounded, too, and what beside their x.
  bool convolutions = false;
  RoundedResults results = RoundedResults::None;
};

// quantize_linears, and quantize_convolutions where the settings ask for it.
ir::Graph quantize(ir::Graph graph, const QuantizationSettings& settings, const ir::Ranges& ranges = {});

// Every Linear whose weight is a parameter becomes a QuantizedLinear with its inputs, activation and
// residual; run fusion before. Static takes the range of each layer's x from `ranges` by the value's name and
// throws Internal where it is missing or does not contain 0.
ir::Graph quantize_linears(ir::Graph graph, const QuantizationSettings& settings,
                           const ir::Ranges& ranges = {});

// The same graph with other outputs: every value whose range quantize() may need, whatever the backend, once
// each, under the value's own name. What a calibration runs; inputs, whose values it has, are left out.
ir::Graph observe_rounded_values(ir::Graph graph);

// Throws Internal where it is missing or does not contain 0.
ir::Range range_of(const ir::Graph& graph, ir::ValueId value, const ir::Ranges& ranges);

}  // namespace medbench::passes
