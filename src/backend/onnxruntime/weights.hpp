// Lends weights to a session without copying them.
#pragma once

#include <vector>

#include "backend/onnxruntime/ort_handles.hpp"
#include "base/tensor.hpp"
#include "lower/onnx/onnx.hpp"

namespace medbench::ort {

Element element_of(DType dtype);

// Memory of the host, as the library names it.
Handle<MemoryInfo> host_memory(const Api& api);

// Makes the session options refer to these weights where they lie. The library packs a form of its own of
// most, and reads the others in every pass: they must live as long as the session.
void lend_weights(const Api& api, SessionOptions* options,
                  const std::vector<lower::OnnxInitializer>& weights);

}  // namespace medbench::ort
