// Linear layers in integers: the pass that says which and how, and the weights that go with it. Embeddings,
// attention and normalisation stay in floating point.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "ir/quantization.hpp"

namespace medbench::passes {

struct QuantizationSettings {
  ir::ActivationQuantization input = ir::ActivationQuantization::Dynamic;
  std::int32_t weight_max = 127;
  std::int32_t activation_max = 255;
};

// Every Linear whose weight is a parameter becomes a QuantizedLinear with its inputs, activation and
// residual; run fusion before. Static takes the range of each layer's x from `ranges` by the value's name and
// throws Internal where it is missing or does not contain 0.
ir::Graph quantize_linears(ir::Graph graph, const QuantizationSettings& settings,
                           const ir::Ranges& ranges = {});

// The same graph with other outputs: the x of every Linear that quantize_linears would take, once each, under
// the value's own name. What a calibration runs.
ir::Graph observe_linear_inputs(ir::Graph graph);

struct QuantizedWeight {
  std::int64_t out = 0;
  std::int64_t in = 0;
  std::vector<std::int8_t> integers;  // [out, in]
  // [out]: weight = integer * scale. Not finite, with integers that mean nothing, where the row is not.
  std::vector<float> scales;
};

// The parts of one parameter, [out_i, in] each of any floating-point type, one below the other, rounded per
// row by the formulas of ir/quantization.hpp. weight_max is in [1, 127]. Throws Internal for parts that are
// not matrices of one width.
QuantizedWeight quantize_weight(std::span<const ir::ParameterData> parts, std::int32_t weight_max);

}  // namespace medbench::passes
