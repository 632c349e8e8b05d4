// Convolutions in integers: weights rounded per output channel, images by calibrated ranges, so that a
// runtime can keep bytes between them. Batch norms are folded before.
#pragma once

#include <set>

#include "ir/graph.hpp"
#include "ir/quantization.hpp"

namespace medbench::passes {

// What is rounded beside the images that convolutions read.
enum class RoundedResults {
  None,
  Addends,  // of a sum that is rounded, what is added to a convolution that it alone reads
  All,      // what convolutions make, and sums of such: for runtimes whose integer ones make bytes alone
};
struct ConvolutionRounding {
  std::int32_t weight_max = 127;
  std::int32_t activation_max = 255;
  RoundedResults results = RoundedResults::None;
};

// Every Convolution whose weight is a parameter, but those of volumes in groups, becomes a
// QuantizedConvolution of an x that a FakeQuantize made, of which all readers read the rounded one. It stands
// before a maximum, which commutes with it, and in the place of a ReLU, which its range does. Takes the
// ranges by the values' names and throws Internal where one is missing or does not contain 0.
ir::Graph quantize_convolutions(ir::Graph graph, const ConvolutionRounding& rounding,
                                const ir::Ranges& ranges);

// The values that quantize_convolutions would round, whose ranges a calibration must find.
std::set<ir::ValueId> values_to_round(const ir::Graph& graph, const ConvolutionRounding& rounding);

}  // namespace medbench::passes
