// Whether samples, in the order in which they were taken, stayed where they were.
#pragma once

#include <cstddef>
#include <span>

namespace medbench {

// Spread of a window: (largest - smallest) / median. Zero for fewer than two samples; infinite when the
// median is not above 0 although the samples differ.
double relative_spread(std::span<const double> window);

// Relative spread of the medians of `windows` consecutive windows of (nearly) equal size; zero for fewer than
// two windows or when one would be empty.
double spread_of_window_medians(std::span<const double> samples, std::size_t windows);

struct Drift {
  double relative_change =
      0;               // from the first to the last sample along the fitted slope, as a share of the median
  double p_value = 1;  // of "there is no trend", two-sided
};

// Slope by Theil and Sen (median of the slopes of all pairs), significance by Mann and Kendall with the
// correction for ties. Longer series are first reduced to medians of consecutive blocks, which bounds the
// pairs. No drift below 8 samples. Sources: Sen, JASA 63 (1968); Kendall, Rank Correlation Methods (1975).
Drift find_drift(std::span<const double> samples);

}  // namespace medbench
