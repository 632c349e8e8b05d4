// Location and spread of samples. All sums are in double; a value that does not exist for so few samples is
// absent.
#pragma once

#include <optional>
#include <span>

namespace medbench {

std::optional<double> mean(std::span<const double> samples);  // absent for none
// Sample standard deviation (divided by n - 1), in two passes; absent below two samples.
std::optional<double> sample_stdev(std::span<const double> samples);
// The middle sample, or the mean of the two middle ones; absent for none. The first form needs ascending
// order.
std::optional<double> median_of_sorted(std::span<const double> sorted);
std::optional<double> median(std::span<const double> samples);

}  // namespace medbench
