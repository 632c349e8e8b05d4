// When the median is known well enough.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace medbench {

struct StopRuleSettings {
  std::size_t fewest_samples = 64;
  double least_total_ms = 500;  // of all samples together
  double tolerance = 0.01;      // of the 95 % interval, to either side of the median, as a share of it
  int looks = 2;                // in a row that must find it so
};

// Follows the latencies of one process. It looks when there are enough of them, and then each time their
// number has grown by a quarter, which bounds the chances for a narrow interval by luck and keeps the cost of
// all looks a small multiple of the last one. The interval is widened by the correlation of neighbours; where
// that leaves none, the median is not known.
class StopCheck {
 public:
  explicit StopCheck(const StopRuleSettings& settings = {});

  // `samples` are all so far, in the order of time: those of the last call and what came since. True when it
  // is time to look and this look and those before it found the interval within the tolerance.
  bool median_known(std::span<const double> samples);

 private:
  [[nodiscard]] bool within_tolerance(std::span<const double> samples);

  StopRuleSettings settings_;
  std::size_t next_look_;
  std::size_t seen_ = 0;  // samples that are in total_ms_
  double total_ms_ = 0;
  int found_ = 0;  // looks in a row
  std::vector<double> scratch_;
};

}  // namespace medbench
