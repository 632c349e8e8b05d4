#include "stats/binomial.hpp"

#include "base/error.hpp"
#include "stats/beta.hpp"

namespace medbench {

namespace {

// The x with I_x(a, b) = p.
double beta_quantile(double p, double a, double b) {
  double low = 0;
  double high = 1;
  while (true) {
    const double middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) return middle;
    (incomplete_beta(middle, a, b) < p ? low : high) = middle;
  }
}

}  // namespace

Interval clopper_pearson(std::uint64_t successes, std::uint64_t trials, double confidence) {
  if (trials == 0 || successes > trials)
    throw internal_error("an interval of {} successes in {} trials", successes, trials);
  const double tail = (1 - confidence) / 2;
  const auto k = static_cast<double>(successes);
  const auto rest = static_cast<double>(trials - successes);
  return {.low = successes == 0 ? 0 : beta_quantile(tail, k, rest + 1),
          .high = successes == trials ? 1 : beta_quantile(1 - tail, k + 1, rest)};
}

}  // namespace medbench
