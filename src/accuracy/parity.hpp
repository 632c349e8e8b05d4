// Accuracy: whether two engines that were given the same inputs gave the same answer, in numbers. Pure
// functions on tensors, and one reader of the files in which workers leave their outputs. It knows no runtime
// and runs nothing.
#pragma once

#include <optional>
#include <string>

#include "base/tensor.hpp"

namespace medbench {

struct Parity {
  double mse = 0;         // mean squared difference
  double cosine = 0;      // of the outputs as one vector each; 1 where both are all zeros, 0 where one is
  double top1_match = 0;  // share of the sequences whose first token's largest element is at the same place
  double kl = 0;          // mean over the tokens of KL(softmax(reference) || softmax(candidate)), in nats
  double max_abs = 0;     // largest absolute difference
};

// Either numbers or the reason why there are none.
struct ParityCheck {
  std::optional<Parity> parity;
  std::string reason;
};

// Outputs [batch, seq, width], or [batch, width] for one vector a sequence; the last dimension is a token's
// vector. `mask`, [batch, seq] of integers, may be null: tokens where it is 0 are padding, whose vectors mean
// nothing, and are left out of all figures but top1_match. All sums are in double. No numbers for outputs of
// another shape, without elements or tokens, of a type that is not floating-point, or with a NaN or infinity.
ParityCheck compare_outputs(const TensorView& reference, const TensorView& candidate,
                            const TensorView* mask = nullptr);

}  // namespace medbench
