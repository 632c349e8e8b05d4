#include "stats/student.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.hpp"
#include "stats/beta.hpp"

namespace medbench {

namespace {

// From here on a normal distribution with a corrected argument agrees to 1e-12, and the fraction loses
// digits.
constexpr double kManyDegrees = 5e5;

// ln(gamma(a + 1/2) / gamma(a)). The difference of two large logarithms would lose digits: a series in 1/a
// from 50 on. Source: Abramowitz, Stegun, 6.1.47.
double log_gamma_half_step(double a) {
  if (a < 50) return std::lgamma(a + 0.5) - std::lgamma(a);
  const double r = 1 / a;
  const double r2 = r * r;
  return 0.5 * std::log(a) - r * (1.0 / 8 - r2 * (1.0 / 192 - r2 * (1.0 / 640 - r2 * (17.0 / 14336))));
}

// P(|T| > t): the regularised incomplete beta function at degrees / (degrees + t^2) with the parameters
// degrees / 2 and 1/2.
double two_tails(double t, double degrees) {
  if (degrees >= kManyDegrees) {  // Source: Abramowitz, Stegun, 26.7.8.
    if (std::isinf(degrees)) return std::erfc(t / std::numbers::sqrt2);
    const double z = t * (1 - 1 / (4 * degrees)) / std::sqrt(1 + t / (2 * degrees) * t);
    return std::erfc(z / std::numbers::sqrt2);
  }
  if (t == 0) return 1;
  const double a = degrees / 2;
  const double ratio = t / std::sqrt(degrees);  // the square of t may not be a number
  const double y = ratio < 1 ? ratio * ratio / (1 + ratio * ratio) : 1 / (1 + 1 / (ratio * ratio));
  const double log_x =
      ratio < 1 ? -std::log1p(ratio * ratio) : -2 * std::log(ratio) - std::log1p(1 / (ratio * ratio));
  const double x = std::exp(log_x);
  const double beta =
      std::exp(a * log_x + 0.5 * std::log(y) + log_gamma_half_step(a)) / std::sqrt(std::numbers::pi);
  if (x < (a + 1) / (a + 2.5)) return beta * beta_fraction(x, a, 0.5) / a;
  return 1 - beta * beta_fraction(y, 0.5, a) / 0.5;
}

double density(double t, double degrees) {
  if (std::isinf(degrees)) return std::exp(-t * t / 2) / std::sqrt(2 * std::numbers::pi);
  const double log_factor = log_gamma_half_step(degrees / 2) - 0.5 * std::log(degrees * std::numbers::pi);
  return std::exp(log_factor - (degrees + 1) / 2 * std::log1p(t / degrees * t));
}

}  // namespace

double student_cdf(double t, double degrees) {
  if (!(degrees > 0) || std::isnan(t)) throw internal_error("Student's t with {} degrees at {}", degrees, t);
  const double tail = two_tails(std::abs(t), degrees) / 2;
  return t > 0 ? 1 - tail : tail;
}

double student_quantile(double p, double degrees) {
  if (!(degrees > 0) || !(p > 0 && p < 1))
    throw internal_error("quantile {} of Student's t with {} degrees", p, degrees);
  if (p == 0.5) return 0;
  const double tails = 2 * std::min(p, 1 - p);
  double t = 0;
  for (double further = 1; two_tails(further, degrees) > tails; further *= 2) t = further;
  // The tail is convex, so that Newton's steps from below never pass the end.
  for (int i = 0; i < 100; ++i) {
    const double step = (two_tails(t, degrees) - tails) / (2 * density(t, degrees));
    t += step;
    if (!(step > 2 * std::numeric_limits<double>::epsilon() * t)) break;
  }
  return p < 0.5 ? -t : t;
}

}  // namespace medbench
