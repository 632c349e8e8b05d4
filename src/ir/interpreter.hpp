// The oracle: runs a graph slowly and plainly on the host. Every operation accumulates in double and rounds
// its result once, to the type that the graph gives the value, so what it yields is what a runtime should
// come close to. Nobody optimises it.
#pragma once

#include <vector>

#include "base/tensor.hpp"
#include "ir/graph.hpp"
#include "ir/oracle_tensor.hpp"
#include "ir/parameters.hpp"

namespace medbench::ir {

class Interpreter {
 public:
  // Verifies the graph, checks that it can run at these sizes, and reads every parameter. Throws
  // Internal for a broken graph or a symbol without a number, and Usage for sizes that are too large or a
  // parameter that is missing or has another shape.
  Interpreter(Graph graph, ParameterSource& parameters, Axes axes);

  // `inputs` holds exactly the graph's inputs by name, in their bound shapes (any floating-point type for a
  // floating-point input, I64 or I32 for an integer one). Returns the outputs by name, as F32. Throws Usage.
  [[nodiscard]] NamedTensors run(const NamedTensors& inputs) const { return run(inputs, axes_); }
  // At other sizes than those it was made for. Throws what the constructor throws for sizes.
  [[nodiscard]] NamedTensors run(const NamedTensors& inputs, const Axes& axes) const;

  [[nodiscard]] const Graph& graph() const { return graph_; }

 private:
  [[nodiscard]] OracleTensor read_parameter(const Value& value, ParameterSource& parameters) const;
  [[nodiscard]] static OracleTensor read_input(const Value& value, const NamedTensors& inputs,
                                               const Axes& axes);
  [[nodiscard]] OracleTensor evaluate(const Node& node, const std::vector<const OracleTensor*>& values,
                                      const Axes& axes) const;

  Graph graph_;
  Axes axes_;
  std::vector<OracleTensor> parameters_;  // by value id; empty for other values
  std::vector<std::size_t> last_use_;     // by value id: the last node that reads it
};

// Once and away.
NamedTensors interpret(const Graph& graph, ParameterSource& parameters, const Axes& axes,
                       const NamedTensors& inputs);

}  // namespace medbench::ir
