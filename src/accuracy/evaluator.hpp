// What judges the answers of the engine that was timed: it runs in the worker, and its verdict is stored in
// the result. It knows no runtime and runs nothing.
#pragma once

#include "base/tensor.hpp"
#include "job/result.hpp"

namespace medbench {

class Evaluator {
 public:
  Evaluator() = default;
  virtual ~Evaluator() = default;
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // One batch: what went into a forward pass and what came out of it, by name.
  virtual void add(const NamedTensors& inputs, const NamedTensors& outputs) = 0;
  // Metrics and verdict of all batches, or the reason why there are none. The row keeps what was measured.
  virtual void fill(Result& result) const = 0;
};

}  // namespace medbench
