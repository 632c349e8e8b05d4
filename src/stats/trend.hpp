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

// The change as a share of the larger of the two, so never beyond -1 or 1; zero when neither is above 0.
double relative_change(double from, double to);

struct Drift {
  double relative_change = 0;  // from the first to the last value of the fitted line
  double p_value = 1;          // of "there is no trend", two-sided
};

// Slope by Theil and Sen (median of the slopes of all pairs), significance by Mann and Kendall with the
// correction for ties. Longer series are first reduced to medians of consecutive blocks, which bounds the
// pairs and takes out correlation within a block. The ends of the line are held within the range of the
// values. No drift below 8 samples or blocks. Sources: Sen, JASA 63 (1968); Kendall, Rank Correlation
// Methods (1975).
Drift find_drift(std::span<const double> samples, std::size_t most_blocks = 256);

}  // namespace medbench
