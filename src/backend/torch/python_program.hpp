// A graph as a program of PyTorch in Python, for what only Python can compile.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench::torch_backend {

// A parameter of the program, in the file of weights that it reads.
struct PythonWeight {
  ir::ValueId id;
  std::size_t offset;  // a multiple of 64
};

struct PythonProgram {
  // Class Network(path of the weights' file), a torch.nn.Module, and inputs(), a tuple of tensors of its
  // inputs' types, sizes and memory formats.
  std::string text;
  std::vector<PythonWeight> weights;
  std::size_t weights_bytes = 0;
};

// At these sizes. Throws Unsupported for a QuantizedLinear.
PythonProgram write_python(const ir::Graph& graph, const Axes& axes, bool channels_last);

// Calls `write` with the bytes of the weights' file, in order.
void write_weights(const ir::Graph& graph, ir::ParameterSource& weights, const PythonProgram& program,
                   const std::function<void(std::span<const std::byte>)>& write);

}  // namespace medbench::torch_backend
