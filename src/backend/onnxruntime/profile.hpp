// Reads back what ran: ONNX Runtime's profile of one pass names every kernel that was called, where it ran
// and on which types. Pure functions from the profile's text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace medbench::ort {

struct RanNode {
  std::string name;                      // of the node in the optimised graph
  std::string op;                        // "MatMul", "FusedGemm" ...
  std::string provider;                  // "CPUExecutionProvider"
  std::vector<std::string> input_types;  // "float", "float16" ...; constants that were packed are left out
};

// The kernels of a profile file, in the order of the calls. Throws Runtime when the text is no profile.
std::vector<RanNode> parse_profile(std::string_view text);

// How often each operation ran on each provider: provider -> operation -> count.
std::map<std::string, std::map<std::string, int>> placement_of(const std::vector<RanNode>& nodes);

// The operations that ran on the CPU's provider although another was chosen, as "2 x Gather, 1 x Gemm"; empty
// where there are none. Those on sizes alone, which ONNX Runtime keeps on the CPU by intent, do not count.
std::string left_on_cpu(const std::vector<RanNode>& nodes, std::string_view chosen);

bool is_product(const RanNode& node);  // of matrices

// What the matrix products computed in: "fp32", "bf16" ..., or a mixture from the widest on such as
// "fp32+bf16". Of a model in integers, "int8" or "int8-weights", it is what the linear layers computed in:
// attention is left in floating point on purpose. Without a matrix product, what the operations with
// floating-point inputs computed in; of moving data alone, nothing is said.
std::string precision_of(const std::vector<RanNode>& nodes);

}  // namespace medbench::ort
