// Turns a graph into a StableHLO module as text, which every PJRT plug-in compiles. Only operations of plain
// StableHLO are used, so that no plug-in needs a dialect beside it. Weights are arguments of the module,
// never constants. It links no runtime and reads no weights.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/graph.hpp"

namespace medbench::lower {

// What the caller hands over for an argument of the module.
enum class Content {
  Input,             // the graph's input
  Parameter,         // the parameter, its parts concatenated, in the argument's type
  WeightInts,        // [out, in] I8, or [out, groups, group]: the parameter rounded by ir::quantize_weight_of
  WeightScales,      // [out] F32, or [out, groups]
  WeightSums,        // [out] I32, or [out, groups]: of WeightInts
  WeightEqualisers,  // [in] F32: what x is multiplied by
};

struct Argument {
  Content content = Content::Input;
  ir::ValueId value = 0;
  ir::QuantizedLinear rounding;  // of the weight's contents: the operation that they are for
  DType dtype = DType::F32;
  std::vector<std::int64_t> shape;
};

struct StableHloModule {
  std::string text;                 // function "main"
  std::vector<Argument> arguments;  // in order: all inputs of the graph first
  // In the order of the graph's outputs; every one is F32.
  std::vector<std::vector<std::int64_t>> output_shapes;
};

// The graph may be lowered to F16 or BF16 and may hold QuantizedLinear. Products are asked for in full
// precision where their operands are F32 (a TPU would round them to bf16 otherwise, a GPU to TF32); sums,
// normalisations and functions are computed in F32. Throws Usage when the sizes do not fit the graph.
StableHloModule to_stablehlo(const ir::Graph& graph, const Axes& axes);

}  // namespace medbench::lower
