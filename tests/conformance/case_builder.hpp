// Collects the cases of a family.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "ir/builder.hpp"
#include "tests/conformance/cases.hpp"
#include "tests/support/axes.hpp"
#include "tests/support/encoder_inputs.hpp"

namespace medbench::conformance {

// What random inputs hold.
struct InputRules {
  double scale = 1;                          // floating point: uniform in [-scale, scale)
  std::int64_t id_limit = 5;                 // integers: uniform in [0, id_limit)
  testing::Mask mask = testing::Mask::Full;  // an integer input called "mask"
};

class CaseBuilder {
 public:
  // `build` makes the result, which becomes the output "y".
  using Build = std::function<ir::ValueId(ir::GraphBuilder& graph)>;
  void add(std::string name, const Axes& axes, const Build& build, InputRules rules = {});

  std::vector<Case> take() { return std::move(cases_); }

 private:
  std::vector<Case> cases_;
};

// Inputs for every graph input, by the rules.
NamedTensors random_inputs(const ir::Graph& graph, const Axes& axes, const InputRules& rules,
                           std::uint64_t seed);

std::vector<Case> embedding_cases();
std::vector<Case> linear_cases();
std::vector<Case> quantized_linear_cases();
std::vector<Case> layer_norm_cases();
std::vector<Case> activate_cases();
std::vector<Case> silu_cases();
std::vector<Case> softmax_cases();
std::vector<Case> attention_cases();
std::vector<Case> add_cases();
std::vector<Case> reshape_cases();
std::vector<Case> transpose_cases();
std::vector<Case> slice_cases();
std::vector<Case> cast_cases();
std::vector<Case> structure_cases();
std::vector<Case> convolution_cases();
std::vector<Case> fake_quantize_cases();
std::vector<Case> quantized_convolution_cases();
std::vector<Case> transposed_convolution_cases();
std::vector<Case> max_pool_cases();
std::vector<Case> average_pool_cases();
std::vector<Case> adaptive_average_pool_cases();
std::vector<Case> batch_norm_cases();
std::vector<Case> instance_norm_cases();
std::vector<Case> concatenate_cases();
std::vector<Case> upsample_cases();
std::vector<Case> pad_cases();
std::vector<Case> convolutional_network_cases();
std::vector<Case> encoder_cases();
std::vector<Case> packed_attention_cases();
std::vector<Case> packed_encoder_cases();
// A case of texts without padding in the form that the backend takes; any other as it is.
Case as_taken_by(const Backend& backend, const Target& target, const Case& item);

}  // namespace medbench::conformance
