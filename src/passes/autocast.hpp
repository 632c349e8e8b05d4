// Mixed precision as PyTorch's autocast chooses it.
#pragma once

#include "ir/graph.hpp"

namespace medbench::passes {

// Whose lists of operations are followed.
enum class AutocastLists { Cuda, Cpu };

// The same graph with types by operation, as torch.autocast has them in PyTorch 2.11: convolutions, linear
// layers and attention in `dtype` (F16 or BF16); those on the device's list in F32 (layer norms, softmax and
// upsampling on CUDA, some poolings of volumes on the CPU); additions and concatenations in the type of
// their operands, F32 where these differ; all others as their x. Parameters stay F32 and are cast where
// `dtype` is needed, each value once for all its readers; those of batch and instance norms are not cast.
// Inputs keep their types, outputs are in F32. Throws Internal for another `dtype`.
ir::Graph autocast(ir::Graph graph, DType dtype, AutocastLists lists);

}  // namespace medbench::passes
