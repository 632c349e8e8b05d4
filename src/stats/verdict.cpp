#include "stats/verdict.hpp"

#include <cmath>

#include "stats/student.hpp"

namespace medbench {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::Faster:
      return "faster";
    case Verdict::Slower:
      return "slower";
    case Verdict::Same:
      return "same";
    case Verdict::Undecided:
      return "cannot tell";
  }
  return "cannot tell";
}

Verdict judge_interval(const Interval& interval, double equivalence) {
  const auto [low, high] = interval;
  if (low >= 1 - equivalence && high <= 1 + equivalence) return Verdict::Same;
  if (high < 1) return Verdict::Faster;
  if (low > 1) return Verdict::Slower;
  return Verdict::Undecided;
}

Interval ratio_interval(const LogRatio& estimate, double confidence) {
  const double half = student_quantile((1 + confidence) / 2, estimate.degrees) * estimate.standard_error;
  return {std::exp(estimate.value - half), std::exp(estimate.value + half)};
}

double detectable_difference(const LogRatio& estimate, double confidence) {
  constexpr double kPower = 0.8;
  const double errors =
      student_quantile((1 + confidence) / 2, estimate.degrees) + student_quantile(kPower, estimate.degrees);
  return std::expm1(errors * estimate.standard_error);
}

}  // namespace medbench
