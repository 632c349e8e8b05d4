// Accuracy: whether two engines that were given the same inputs gave the same answer, in numbers. Pure
// functions on tensors, and one reader of the files in which workers leave their outputs. It knows no runtime
// and runs nothing.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
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

// Sums over pairs of outputs, in double.
class ParitySums {
 public:
  // Outputs [batch, seq, width], or [batch, width] for one vector a sequence; the last dimension is a token's
  // vector. `mask`, [batch, seq] of integers, may be null: tokens where it is 0 are padding, whose vectors
  // mean nothing, and are left out of all figures but top1_match. Gives back why the pair cannot be compared,
  // and adds nothing then: outputs of another shape, without elements, of a type that is not floating-point,
  // or with a NaN or infinity.
  std::string add(const TensorView& reference, const TensorView& candidate, const TensorView* mask = nullptr);
  void add(const ParitySums& other);

  // Why nothing can be told: no token was added, or each side is one number throughout, so that a cosine of 1
  // would mean nothing. Else empty, and parity() has numbers.
  [[nodiscard]] std::string problem() const;
  [[nodiscard]] Parity parity() const;

 private:
  // Smallest and largest number of one side.
  struct Range {
    float least = std::numeric_limits<float>::infinity();
    float most = -std::numeric_limits<float>::infinity();
    void add(const Range& other);
    [[nodiscard]] bool is_one_number() const { return least == most; }
  };

  void add_token(std::span<const float> reference, std::span<const float> candidate);
  void add_sequence(std::span<const float> reference, std::span<const float> candidate);
  [[nodiscard]] double cosine() const;

  double squares_ = 0;
  double max_abs_ = 0;
  double product_ = 0;
  double reference_square_ = 0;
  double candidate_square_ = 0;
  double divergences_ = 0;
  std::size_t count_ = 0;
  std::size_t tokens_ = 0;
  std::size_t matches_ = 0;
  std::size_t sequences_ = 0;
  Range reference_;
  Range candidate_;
};

}  // namespace medbench
