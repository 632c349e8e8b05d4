// Calibration for static quantization and fp8: the ranges that what is rounded takes over a few batches, read
// off the backend's own fp32 run of the model.
#pragma once

#include <span>

#include "backend/backend.hpp"
#include "data/batches.hpp"
#include "ir/quantization.hpp"

namespace medbench {

// Builds the graph whose outputs are the values that integer layers and convolutions, or layers and attention
// in fp8, may round, in fp32 and in as many portions as keep memory small, runs every batch once and keeps
// the least and the greatest value of each, with 0 in between. Batch norms that can be folded are folded
// before, as the values behind them are what is rounded. The backend must build anew afterwards. Throws what
// the backend throws, and Runtime for values that are not finite.
ir::Ranges calibrate(Backend& backend, const ir::Graph& graph, ir::ParameterSource& weights,
                     const Build& build, std::span<const Batch> batches);

}  // namespace medbench
