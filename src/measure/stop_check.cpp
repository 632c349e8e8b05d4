#include "measure/stop_check.hpp"

#include <algorithm>

#include "measure/loop.hpp"
#include "stats/interval.hpp"

namespace medbench {

StopCheck::StopCheck() : next_look_(static_cast<std::size_t>(kFewestIterations)) {}

bool StopCheck::median_known(std::span<const double> samples) {
  if (samples.size() < next_look_) return false;
  next_look_ = samples.size() + std::max<std::size_t>(samples.size() / 4, 1);
  scratch_.assign(samples.begin(), samples.end());
  std::sort(scratch_.begin(), scratch_.end());
  return median_known_within(scratch_, kMedianTolerance);
}

}  // namespace medbench
