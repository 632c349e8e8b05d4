#include "stats/beta.hpp"

#include <cmath>
#include <limits>

#include "base/error.hpp"

namespace medbench {

namespace {

// x^a (1 - x)^b / (a B(a, b))
double factor(double x, double a, double b) {
  const double log_beta = std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
  return std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta) / a;
}

}  // namespace

// By Lentz's method as modified by Thompson and Barnett.
double beta_fraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
  const auto not_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
  double value = d;
  for (int i = 1; i < 1'000'000; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / not_zero(1 + even * d);
    c = not_zero(1 + even / c);
    value *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / not_zero(1 + odd * d);
    c = not_zero(1 + odd / c);
    const double step = d * c;
    value *= step;
    if (std::abs(step - 1) <= 2 * kEpsilon) break;
  }
  return value;
}

double incomplete_beta(double x, double a, double b) {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
    throw internal_error("the incomplete beta function at {} with {} and {}", x, a, b);
  if (x == 0 || x == 1) return x;
  if (x < (a + 1) / (a + b + 2)) return factor(x, a, b) * beta_fraction(x, a, b);
  return 1 - factor(1 - x, b, a) * beta_fraction(1 - x, b, a);
}

}  // namespace medbench
