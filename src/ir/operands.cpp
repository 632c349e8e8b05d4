#include "ir/operands.hpp"

namespace medbench::ir {

Operands::Operands(const Graph& graph, const Node& node) : node_(node) {
  const std::size_t arity = arity_of(node.op);
  if (arity == kAnyArity && node.inputs.empty()) fail("takes at least 1 input, found 0");
  if (arity != kAnyArity && node.inputs.size() != arity) {
    fail("takes {} inputs, found {}", arity, node.inputs.size());
  }
  for (const ValueId id : node.inputs) {
    if (id >= graph.values.size()) {
      fail("reads value {}, but the graph has only {} values", id, graph.values.size());
    }
    inputs_.push_back(&graph.values[id]);
  }
}

void Operands::expect_shape(std::size_t i, const Shape& expected) const {
  if (shape(i) == expected) return;
  fail("expects '{}' to be {}, found {}", name(i), to_string(expected), to_string(shape(i)));
}

void Operands::expect_index(std::size_t i) const {
  if (is_index_dtype(dtype(i))) return;
  fail("expects '{}' to be I64 or I32, found {}", name(i), medbench::to_string(dtype(i)));
}

void Operands::expect_rank(std::size_t i, std::size_t least) const {
  if (shape(i).size() >= least) return;
  fail("expects '{}' to have at least {} dimensions, found {}", name(i), least, to_string(shape(i)));
}

void Operands::expect_floats(std::size_t first, std::size_t last) const {
  for (std::size_t i = first; i <= last; ++i) {
    if (!is_floating_point(dtype(i))) {
      fail("expects '{}' to be floating point, found {}", name(i), medbench::to_string(dtype(i)));
    }
    if (dtype(i) != dtype(first)) {
      fail("expects one type, found {} for '{}' and {} for '{}'", medbench::to_string(dtype(first)),
           name(first), medbench::to_string(dtype(i)), name(i));
    }
  }
}

void Operands::expect_norm_parameters() const {
  expect_floats(0, 0);
  for (std::size_t i = 1; i < count(); ++i) {
    if (dtype(i) == dtype(0) || dtype(i) == DType::F32) continue;
    fail("expects '{}' to be {}{}, found {}", name(i), medbench::to_string(dtype(0)),
         dtype(0) == DType::F32 ? "" : " or F32", medbench::to_string(dtype(i)));
  }
}

}  // namespace medbench::ir
