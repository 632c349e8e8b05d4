// What each operation gives for the inputs it has: the one place that knows which types and shapes an
// operation accepts. Values are F32, F16 or BF16, or I64 or I32 for ids and masks; symbols stay open.
#pragma once

#include <cstddef>
#include <optional>

#include "ir/graph.hpp"

namespace medbench::ir {

struct ValueType {
  DType dtype = DType::F32;
  Shape shape;
  friend bool operator==(const ValueType&, const ValueType&) = default;
};

// "F32[batch, seq, 768]"
std::string to_string(const ValueType& type);

// The number of inputs; kAnyArity for at least one.
inline constexpr std::size_t kAnyArity = 0;
std::size_t arity_of(const Op& op);
// May a value of a graph have this type?
bool is_value_dtype(DType dtype);
// The types of ids and masks: I64 and I32.
bool is_index_dtype(DType dtype);

// Product of dimensions; nothing where product() gives nothing on the way.
std::optional<Dim> dim_product(const Shape& shape);

// The type of node.output, from the values of `graph` that node.inputs name; node.output is not read. Throws
// Internal and names the node, what was expected and what was found.
ValueType infer_result(const Graph& graph, const Node& node);

}  // namespace medbench::ir
