// What the guide's imaging program tells of a row: some of it is nowhere else in a result, the rest is there
// under the names that it gives.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/json.hpp"

namespace medbench {

struct Result;

struct ImagingFacts {
  std::vector<std::int64_t> input_shape;
  bool channels_last = false;
  bool amp = false;  // 16 bits where autocast has them, on CUDA
  bool cudnn_benchmark = false;
  bool compiled = false;
  bool acc_check_enabled = false;
  std::optional<bool> has_nan;  // the output that was timed last
  std::optional<bool> has_inf;
  std::optional<bool> repeatability_pass;  // a second pass on the same input gave the same
};

// Adds the guide's keys. Nothing for a result without facts.
void put_imaging(Json& json, const Result& result);
// Throws Usage and names the key.
std::optional<ImagingFacts> imaging_from_json(const Json& json);

}  // namespace medbench
