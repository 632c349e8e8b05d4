// What a row of a network on images tells beside its figures.
#pragma once

#include "base/tensor.hpp"
#include "job/result.hpp"
#include "models/model.hpp"

namespace medbench {

// Nothing where the model takes no pixels. What the backend says of itself goes before what its options ask
// for.
std::optional<ImagingFacts> imaging_facts(const Model& model, const Result& result);

// Compares the main output of two passes on the same input: max_abs_diff, mean_abs_diff, and whether they are
// the same within the bound.
void fill_repeatability(Result& result, const HostTensor& first, const HostTensor& second);

}  // namespace medbench
