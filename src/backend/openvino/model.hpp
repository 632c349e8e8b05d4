// The graph as OpenVINO's own model, read from ONNX.
#pragma once

#include <memory>
#include <openvino/runtime/core.hpp>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "job/job.hpp"

namespace medbench::openvino_backend {

// The weights stay mapped from the file in the cache and are paged in as they are used. Batch and sequence
// are open.
std::shared_ptr<ov::Model> read_model(ov::Core& core, const ir::Graph& graph, ir::ParameterSource& weights,
                                      const Job& job);

// Gives the inputs their shape: fixed, which runs fastest, or a sequence of at most that length.
void bind_shape(ov::Model& model, const ir::Graph& graph, const ir::Binding& binding, bool open_sequence);

}  // namespace medbench::openvino_backend
