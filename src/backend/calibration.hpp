// Calibration for static quantization and fp8: the ranges that the inputs of linear layers (with fp8 those of
// attention, too) take over a few batches, read off the backend's own fp32 run of the model.
#pragma once

#include <span>

#include "backend/backend.hpp"
#include "data/batches.hpp"
#include "ir/quantization.hpp"

namespace medbench {

// Builds the graph whose outputs are the values in question, in fp32, runs every batch once and
// keeps the least and the greatest value of each, with 0 in between. The backend must build anew afterwards.
// Throws what the backend throws, and Runtime for values that are not finite.
ir::Ranges calibrate(Backend& backend, const ir::Graph& graph, ir::ParameterSource& weights,
                     const Build& build, std::span<const Batch> batches);

}  // namespace medbench
