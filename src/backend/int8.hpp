// What all backends need to obey Target::quantization: which integers suit the processor, the settings of the
// pass, and what the result records. It knows no runtime.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.hpp"
#include "ir/graph.hpp"
#include "job/target.hpp"
#include "passes/quantize.hpp"

namespace medbench {

// The best instructions that this processor multiplies 8-bit integers with.
struct Int8Instructions {
  std::string_view name;  // "amx_int8", "avx512_vnni", "avx_vnni", "avx2", "neon_dotprod" ...
  // The sum of two products of an unsigned and a signed byte is kept in 16 bits and saturates, as vpmaddubsw
  // does: whole ranges of integers give wrong sums.
  bool saturates = false;
};
// Of those that environment variables leave to oneDNN and ATen: see usable_isa().
Int8Instructions int8_instructions();

// What a backend can have in groups of features, each with a scale of its own.
enum class GroupSupport {
  None,
  Weights,     // of weights alone
  Everything,  // of activations that are rounded while it runs, too
};

// Of a target of precision int8; defaults where it says nothing. A reduced range leaves room in 16 bits for
// two products, 2 * weight_max * activation_max < 2^15. It takes it from the weights: they have a range for
// each row, while one outlier spreads the only range of the activations. In groups it leaves room for four by
// the scale of each group of weights. Four bits of weights never saturate. Throws Unsupported where the
// target asks for groups that the backend has not; `switched_off` is the option that took them away, if any.
passes::QuantizationSettings quantization_settings(const Target& target,
                                                   GroupSupport support = GroupSupport::None,
                                                   std::string_view switched_off = {});

// For Backend::details() under "quantization": what the graph that runs asks for. The backend adds what its
// runtime made of it.
Json describe_quantization(const ir::Graph& quantized, const Target& target);

}  // namespace medbench
