// How much samples that follow each other in time have in common, and so how many independent ones they are
// worth.
#pragma once

#include <limits>
#include <optional>
#include <span>

namespace medbench {

// Correlation of each sample with the next, of values clipped at 3.5 robust standard deviations from the
// median, so that a single outlier neither makes nor hides one. Absent below 8 samples and where all are
// equal.
std::optional<double> lag1_correlation(std::span<const double> samples);

struct CorrelationTime {
  double tau = 1;  // n samples tell as much of their mean as n / tau independent ones; never below 1
  double degrees = std::numeric_limits<double>::infinity();  // of freedom, of the estimate of tau
};

// Integrated autocorrelation time of a series, 1 + 2 (rho_1 + rho_2 + ...), over Geyer's initial monotone
// sequence: pairs of neighbouring lags as long as they are positive, none larger than the one before. A
// window of W lags is corrected for the mean that was taken out (a factor 1 - (2 W + 1) / n) and leaves
// n / (2 W + 1) degrees of freedom; a sum that independent values often have (up to 1.3 times its standard
// deviation 2 sqrt(W / n)) is none. Below 16 values only the first lag counts, beyond 2 / sqrt(n). Of more
// than 2048 values neighbours are averaged, and again where 32 lags do not reach the end: the correlations
// are then those of the averages, and their variance tells what lies within. Where blocks run out, one degree
// is left. Sources: Geyer, Statistical Science 7 (1992); Wolff, Computer Physics Communications 156 (2004).
CorrelationTime correlation_time(std::span<const double> series);

// `samples` are in the order of time, `sorted` are the same in ascending order.
// The number of independent samples, at most n, that know the median as well as these: n / tau times
// (u / t)^2, where u and t are the quantiles of Student's distribution with n and with the degrees of tau,
// because tau itself is known that badly. What counts for the median is the series "below the median or not".
// A mode that was seen seldom shows little there, but does at other levels: from 64 samples on, of the series
// at the 10, 25, 50, 75 and 90 % quantiles the slowest decides. What no sample has seen, no number can tell.
double effective_samples(std::span<const double> samples, std::span<const double> sorted,
                         double confidence = 0.95);

}  // namespace medbench
