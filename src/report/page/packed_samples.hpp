// All samples of a row in little room.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "job/sample.hpp"

namespace medbench {

struct PackedSamples {
  double per_ms;    // the unit: so many are a millisecond; a power of ten
  std::string vlq;  // each in whole units, less the one before it, in base64 VLQ as source maps have it
  std::vector<std::size_t> processes;  // how many samples each has, in order
};

// To six digits of the shortest at least, or to nanoseconds, whichever is coarser.
PackedSamples pack_samples(std::span<const Sample> samples);

}  // namespace medbench
