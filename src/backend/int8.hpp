// What all backends need to obey Job::quantization: which integers suit the processor, the settings of the
// pass, and what the result records. It knows no runtime.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.hpp"
#include "ir/graph.hpp"
#include "job/job.hpp"
#include "passes/quantize.hpp"

namespace medbench {

// The best instructions that this processor multiplies 8-bit integers with.
struct Int8Instructions {
  std::string_view name;  // "amx_int8", "avx512_vnni", "avx_vnni", "avx2", "neon_dotprod" ...
  // The sum of two products of an unsigned and a signed byte is kept in 16 bits and saturates, as vpmaddubsw
  // does: whole ranges of integers give wrong sums.
  bool saturates = false;
};
// Where an environment variable keeps oneDNN or ATen from the best ones (ONEDNN_MAX_CPU_ISA,
// DNNL_MAX_CPU_ISA, ATEN_CPU_CAPABILITY), they count as saturating.
Int8Instructions int8_instructions();

// How integers leave room in 16 bits for two products, 2 * weight_max * activation_max < 2^15: by what the
// runtime can be told.
enum class ReducedForm {
  Weights,      // 63 and 255, for runtimes that round activations to all of uint8
  Activations,  // 127 and 127, for those that may round activations to 7 bits
  Both,         // 90 and 181, the least loss, for those that take integers of any range
};

// Of a job of precision int8; defaults where it says nothing. Four bits of weights never saturate.
passes::QuantizationSettings quantization_settings(const Job& job, ReducedForm form);

// For Backend::details() under "quantization": what the graph that runs asks for. The backend adds what its
// runtime made of it.
Json describe_quantization(const ir::Graph& quantized, const Job& job);

}  // namespace medbench
