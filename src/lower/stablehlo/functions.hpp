// The functions of the graph's operations, composed of StableHLO operations. Internal to the lowering.
#pragma once

#include "ir/graph.hpp"
#include "lower/stablehlo/writer.hpp"

namespace medbench::lower {

// x in any floating-point type; the result has it too.
Term activate(Writer& writer, const Term& x, ir::Activation activation, double slope = 0);
Term softmax(Writer& writer, const Term& x);
Term layer_norm(Writer& writer, const Term& x, const Term& weight, const Term& bias, double epsilon);

// q, k, v [batch, seq, width], mask [batch, seq] integer. A sequence whose mask is all zero gives zeros.
Term attention(Writer& writer, const Term& q, const Term& k, const Term& v, const Term& mask,
               std::int64_t heads);

// x [..., in] times the transpose of weight [out, in].
Term product(Writer& writer, const Term& x, const Term& weight, DType result);

// The integers of a rounded weight, as the arguments of a module hold them.
struct QuantizedWeight {
  Term ints;        // [out, in] I8; with groups [out, groups, group]
  Term scales;      // [out] F32; [out, groups]
  Term sums;        // [out] I32; [out, groups]
  Term equalisers;  // [in] F32; used where x is rounded in groups
};
// The product of QuantizedLinear, before bias and activation, in F32.
Term quantized_product(Writer& writer, const Term& x, const QuantizedWeight& weight,
                       const ir::QuantizedLinear& op);

// x as the numbers that its integers stand for, in x's type.
Term fake_quantize(Writer& writer, const Term& x, const ir::FakeQuantize& op);
// The weight [out, ...] of QuantizedConvolution likewise, a scale for each filter.
Term rounded_filters(Writer& writer, const Term& weight, std::int32_t weight_max);

}  // namespace medbench::lower
