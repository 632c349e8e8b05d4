// What can be said of two things that were compared by the ratio of their latencies.
#pragma once

#include <optional>
#include <string_view>

#include "stats/interval.hpp"

namespace medbench {

enum class Verdict { Faster, Slower, Same, Undecided };
std::string_view to_string(Verdict verdict);  // "faster", "slower", "same", "cannot tell"

// How far from 1 a ratio may be that is called the same, as a share.
inline constexpr double kEquivalence = 0.015;

// Of the interval of a ratio, candidate over baseline. Same where all of it is within `equivalence` of 1;
// otherwise faster or slower where it excludes 1, and undecided where it does not.
Verdict judge_interval(const Interval& interval, double equivalence = kEquivalence);

// An estimate of the logarithm of a ratio: Student's t with these degrees of freedom.
struct LogRatio {
  double value = 0;
  double standard_error = 0;
  double degrees = 1;
};

// The interval of the ratio itself.
Interval ratio_interval(const LogRatio& estimate, double confidence);

// The smallest relative difference that this many with this noise would have shown in four of five trials:
// exp((t + t') e) - 1, where e is the standard error, t is half the interval's width in standard errors and
// t' is the 80 % quantile of the same distribution.
double detectable_difference(const LogRatio& estimate, double confidence);

}  // namespace medbench
