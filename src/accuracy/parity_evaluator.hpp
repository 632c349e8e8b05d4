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
  // The file holds the reference's inputs and outputs under the names of the model's.
  ParityEvaluator(ParityReference reference, std::vector<ir::InputSpec> inputs, std::string output)
      : reference_(std::move(reference)), inputs_(std::move(inputs)), output_(std::move(output)) {}

  // Padding, where an input is a mask, is left out. Never throws for what the file holds: one that is missing
  // or broken, lacks the output, or was made from other inputs is a reason. The last batch counts.
  void add(const NamedTensors& inputs, const NamedTensors& outputs) override;
  // Metrics acc_* and whether parity holds; or acc_error, and a row that was ok is so no more.
  void fill(Result& result) const override;

 private:
  [[nodiscard]] ParityCheck compare(const NamedTensors& inputs, const NamedTensors& outputs) const;

  ParityReference reference_;
  std::vector<ir::InputSpec> inputs_;
  std::string output_;
  ParityCheck check_{.parity = {}, .reason = "no output was compared"};
};

}  // namespace medbench
