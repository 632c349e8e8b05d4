// Operations on images and volumes, composed of StableHLO operations. Internal to the lowering. x is [batch,
// channels, ...] in any floating-point type; the result has it too, and what is summed or averaged is so in
// F32.
#pragma once

#include <optional>

#include "ir/graph.hpp"
#include "lower/stablehlo/writer.hpp"

namespace medbench::lower {

// `shape` is that of the result.
Term convolution(Writer& writer, const Term& x, const Term& weight, const std::optional<Term>& bias,
                 const Sizes& shape, const ir::Convolution& op);
Term transposed_convolution(Writer& writer, const Term& x, const Term& weight,
                            const std::optional<Term>& bias, const Sizes& shape,
                            const ir::TransposedConvolution& op);
Term pool(Writer& writer, const Term& x, const ir::Pool& op);
Term adaptive_average_pool(Writer& writer, const Term& x, const ir::AdaptiveAveragePool& op);
Term batch_norm(Writer& writer, const Term& x, const Term& scale, const Term& shift, const Term& mean,
                const Term& variance, double epsilon);
Term instance_norm(Writer& writer, const Term& x, const std::optional<Term>& scale,
                   const std::optional<Term>& shift, double epsilon);
Term upsample(Writer& writer, const Term& x, const ir::Upsample& op);
Term pad(Writer& writer, const Term& x, const ir::Pad& op);

}  // namespace medbench::lower
