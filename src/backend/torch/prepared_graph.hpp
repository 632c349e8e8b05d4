// The passes over a model's graph before it becomes a program.
#pragma once

#include <memory>

#include "backend/backend.hpp"
#include "backend/torch/options.hpp"
#include "backend/torch/program.hpp"
#include "base/json.hpp"

namespace medbench::torch_backend {

struct PreparedGraph {
  ir::Graph graph;
  // Those of the graph: the source's own and what is computed of them. The source must outlive it.
  std::shared_ptr<ir::ParameterSource> weights;
  Json quantization;  // null for other precisions
  bool amp = false;   // whether types follow autocast's rules
};

// Throws Unsupported and Usage for what the target asks for and the graph cannot have.
PreparedGraph prepare_graph(const ir::Graph& graph, ir::ParameterSource& weights, const Build& build,
                            const Options& options, Form form);

}  // namespace medbench::torch_backend
