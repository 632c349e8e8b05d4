// Parity: whether an engine gives the answer that a reference gave to the same inputs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "accuracy/evaluator.hpp"
#include "accuracy/parity.hpp"
#include "ir/specs.hpp"
#include "job/protocol.hpp"

namespace medbench {

class ParityEvaluator final : public Evaluator {
 public:
  // The file holds the reference's inputs and outputs of all batches, as name_in_batch() calls them. Of a
  // segmentation each pixel is judged as a sequence of one token is.
  ParityEvaluator(ParityReference reference, std::vector<ir::InputSpec> inputs, ir::OutputSpec output)
      : reference_(std::move(reference)), inputs_(std::move(inputs)), output_(std::move(output)) {}

  // The batches in their order. Padding, where an input is a mask, is left out; a row without padding is
  // compared token by token with a reference that has it. Never throws for what the
  // file holds: one that is missing or broken, lacks the output, or was made from other inputs is a reason.
  void add(const NamedTensors& inputs, const NamedTensors& outputs) override;
  // Metrics acc_* of all batches, and whether parity holds, which it does where it does in each batch;
  // details "parity" tell the worst. Or acc_error, and a row that was ok is so no more.
  void fill(Result& result) const override;

 private:
  // Gives back why the batch cannot be compared.
  [[nodiscard]] std::string compare(const NamedTensors& inputs, const NamedTensors& outputs,
                                    ParitySums& sums) const;
  [[nodiscard]] std::string problem() const;

  ParityReference reference_;
  std::vector<ir::InputSpec> inputs_;
  ir::OutputSpec output_;
  std::vector<ParitySums> batches_;
  std::string problem_;  // the first batch's that has one
};

}  // namespace medbench
