// The graph as OpenVINO's own model, read from ONNX without a file and without a copy of the weights.
#pragma once

#include <memory>
#include <openvino/runtime/core.hpp>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"

namespace medbench::openvino_backend {

struct ReadModel {
  std::shared_ptr<ov::Model> model;  // symbols of the graph are open dimensions
  // Tensor names, in the graph's order.
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  // Weights that no constant of the model owns; to be kept as long as it runs.
  std::vector<ir::ParameterData> kept;
};

// The model's constants point into the checkpoint's mapping, or at what was generated, and own it: a weight
// goes when the last user of its constant goes, which for those that the device packs is soon after
// compiling.
ReadModel read_model(ov::Core& core, const ir::Graph& graph, ir::ParameterSource& weights);

// OpenVINO drops inputs that nothing reads.
bool has_input(const ov::Model& model, const std::string& name);

// Bounds the dimensions of the inputs that the open axes reach, and fixes the others.
void bound_shapes(const ReadModel& model, const ir::Graph& graph, const ShapeRange& shapes);

}  // namespace medbench::openvino_backend
