// Sizes of encoders, for tests.
#pragma once

#include <cstdint>

#include "base/axes.hpp"

namespace medbench::testing {

constexpr Axes batch_seq(std::int64_t batch, std::int64_t seq) {
  return {{Axis::Batch, batch}, {Axis::Seq, seq}};
}

}  // namespace medbench::testing
