// What a classifier says, from its logits.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace medbench {

struct Decision {
  std::uint32_t label = 0;  // the class of the largest logit, the first of equal ones
  float margin = 0;         // that logit less the next largest: how far the decision is from another
};

// At least two finite logits, one a class.
Decision decide(std::span<const float> logits);

// The share that softmax gives the largest logit.
double confidence_of(std::span<const float> logits);

// For each class the logarithm of the odds that softmax gives it against all others: in the same order as its
// probability, and without ties where probabilities would round to 1.
void log_odds(std::span<const float> logits, std::span<float> odds);

}  // namespace medbench
