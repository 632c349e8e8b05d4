// The types of precisions, and the precision that a graph has.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ir/graph.hpp"

namespace medbench::passes {

// The type that the table of precisions gives the name; nothing for integers and for another name.
std::optional<DType> dtype_of_precision(std::string_view precision);
std::string_view precision_of_dtype(DType dtype);

// What products are found to be in whose operands go through RoundToFp8.
inline constexpr std::string_view kFp8 = "fp8";

// What the operations of this graph compute in: "fp32", "bf16", or a mixture such as "fp32+bf16". Casts and
// movements of data do not count. Where something is quantized, the linear layers and convolutions alone
// are counted, as attention and normalisation stay in floating point: "int8", "int8-weights" where only
// weights are integers, and the others' type beside it where some are not quantized, as in "fp32+int8". With
// RoundToFp8 likewise "fp8".
std::string precision_of(const ir::Graph& graph);

}  // namespace medbench::passes
