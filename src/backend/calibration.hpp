// Calibration for static quantization: the ranges that the inputs of linear layers take over a few batches,
// read off the backend's own fp32 run of the model.
#pragma once

#include <span>

#include "backend/backend.hpp"
#include "ir/quantization.hpp"

namespace medbench {

// Prepares the backend with the graph whose outputs are the inputs of its linear layers, in fp32, runs every
// set of inputs once and keeps the least and the greatest value of each, with 0 in between. The backend must
// be prepared again afterwards. Throws what the backend throws, and Runtime for values that are not finite.
ir::Ranges calibrate(Backend& backend, const ir::Graph& graph, ir::ParameterSource& weights,
                     const Build& build, std::span<const NamedTensors> sets);

}  // namespace medbench
