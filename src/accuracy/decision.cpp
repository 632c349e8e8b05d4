#include "accuracy/decision.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace medbench {

namespace {

// The sum of exp(x - largest).
double scaled_sum(std::span<const float> logits, double largest) {
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - largest);
  return sum;
}

double largest_but(std::span<const float> logits, std::size_t place) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (i != place) largest = std::max(largest, logits[i]);
  }
  return largest;
}

}  // namespace

Decision decide(std::span<const float> logits) {
  const auto place = static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
  return {.label = static_cast<std::uint32_t>(place),
          .margin = static_cast<float>(static_cast<double>(logits[place]) - largest_but(logits, place))};
}

double confidence_of(std::span<const float> logits) {
  return 1 / scaled_sum(logits, *std::ranges::max_element(logits));
}

void log_odds(std::span<const float> logits, std::span<float> odds) {
  const auto place = static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
  const double largest = logits[place];
  const double all = scaled_sum(logits, largest);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double logit = logits[i];
    double others = largest + std::log(all - std::exp(logit - largest));
    if (i == place) {
      // Of the largest the others may be too small beside it.
      const double next = largest_but(logits, place);
      double sum = 0;
      for (std::size_t k = 0; k < logits.size(); ++k)
        sum += k == place ? 0 : std::exp(static_cast<double>(logits[k]) - next);
      others = next + std::log(sum);
    }
    odds[i] = static_cast<float>(logit - others);
  }
}

}  // namespace medbench
