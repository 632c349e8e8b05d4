// How fast the device multiplies matrices at best: what the passes of a model are compared with.
#pragma once

#include <c10/core/ScalarType.h>
#include <optional>

#include "backend/torch/accelerator.hpp"

namespace medbench::torch_backend {

// GFLOP/s of the fastest of several square products of random numbers of this type, one after the other.
// Nothing where the device has no memory left for them.
std::optional<double> peak_gflops(Accelerator& accelerator, at::ScalarType type);

}  // namespace medbench::torch_backend
