// What an engine consists of, read from the text of TensorRT's inspector. It knows no TensorRT.
#pragma once

#include <map>
#include <string>

#include "base/json.hpp"

namespace medbench::trt {

struct LayerSummary {
  // "fp32", "fp16", "int8" ..., or a mixture from the widest on: of the products where the inspector tells
  // them from other layers, else of all layers that compute. Empty where it tells nothing.
  std::string precision;
  std::map<std::string, int> kinds;  // layers by kind
  int attention = 0;                 // kernels that are a whole attention
};
LayerSummary summarize_layers(const Json& layers);

}  // namespace medbench::trt
