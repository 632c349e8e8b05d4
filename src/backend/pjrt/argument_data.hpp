// The bytes of a module's arguments, from a graph's parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "ir/quantization.hpp"
#include "lower/stablehlo/stablehlo.hpp"

namespace medbench::pjrt {

class ArgumentReader {
 public:
  // Keeps references to both.
  ArgumentReader(const ir::Graph& graph, ir::ParameterSource& weights) : graph_(graph), weights_(weights) {}

  // The source's own bytes where the argument is one tensor of the checkpoint in the type it is stored in;
  // otherwise bytes made for it. Throws Usage when the parameter's tensors do not make the argument's shape,
  // Internal for an input.
  [[nodiscard]] ir::ParameterData read(const lower::Argument& argument);

 private:
  // A weight rounded to integers: arguments follow each other that come of one.
  struct Rounded {
    ir::ValueId value = 0;
    ir::QuantizedLinear op;
    ir::QuantizedWeight weight;
    std::vector<std::int32_t> sums;  // of the integers of each row, or group of one
  };

  const Rounded& round(const lower::Argument& argument);

  const ir::Graph& graph_;
  ir::ParameterSource& weights_;
  std::optional<Rounded> rounded_;
};

}  // namespace medbench::pjrt
