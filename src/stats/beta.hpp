// The incomplete beta function, from which the tails of several distributions follow.
#pragma once

namespace medbench {

// Continued fraction of the incomplete beta function, without the factor before it. Takes O(sqrt(max(a, b)))
// terms where x < (a + 1) / (a + b + 2). Source: NIST Digital Library of Mathematical Functions, 8.17.22.
double beta_fraction(double x, double a, double b);

// Regularised: I_x(a, b), from 0 at x = 0 to 1 at x = 1. Relative error below 1e-10 for parameters up to
// 1000, and about 1e-7 at 1e7. Throws Internal unless a and b are above 0 and 0 <= x <= 1.
double incomplete_beta(double x, double a, double b);

}  // namespace medbench
