// How fast a device multiplies matrices at best through a backend: what the passes of a model are compared
// with. One definition for all backends: a chain of large products is a model like any other.
#pragma once

#include <cstdint>
#include <optional>

#include "backend/backend.hpp"
#include "base/clock.hpp"

namespace medbench {

inline constexpr std::int64_t kPeakWidth = 8192;

// GFLOP/s of the fastest of several passes through a chain of square products in the job's precision on its
// device, by the device's own timer or else by the clock. `width` is that of the matrices. Builds the
// backend anew: nothing of the job's own model is left in it. Throws what the backend throws.
double product_peak_gflops(Backend& backend, Clock& clock, const Target& target, std::int64_t threads,
                           std::int64_t width = kPeakWidth);

}  // namespace medbench
