// When the median is known well enough. Looking costs a sort, so it looks seldom: after 10 samples, and then
// each time their number has grown by a quarter, which keeps the cost of all looks a small multiple of one
// sort at the end.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace medbench {

class StopCheck {
 public:
  StopCheck();
  // True when it is time to look and the 95 % interval of the median is within kMedianTolerance.
  bool median_known(std::span<const double> samples);

 private:
  std::size_t next_look_;
  std::vector<double> scratch_;
};

}  // namespace medbench
