// Student's t distribution, for any degrees of freedom above zero (whole or not; infinite is the normal one).
#pragma once

namespace medbench {

// P(T <= t). Absolute error below 1e-11. Throws Internal unless degrees > 0 and t is a number.
double student_cdf(double t, double degrees);

// The t with student_cdf(t) = p. Relative error below 1e-10. Throws Internal unless 0 < p < 1 and
// degrees > 0.
double student_quantile(double p, double degrees);

}  // namespace medbench
