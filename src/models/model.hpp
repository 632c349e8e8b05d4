// A model that is ready to be measured: its graph, where its weights come from, and what it takes and gives.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/axes.hpp"
#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "ir/specs.hpp"
#include "job/job.hpp"

namespace medbench {

struct Model {
  std::string name;
  ir::Graph graph;
  std::unique_ptr<ir::ParameterSource> weights;
  std::vector<ir::InputSpec> inputs;  // of the graph, in its order
  ir::OutputSpec output;              // the one that is judged
  std::span<const Axis> axes;         // that a user can ask for: its family's
  Axes limits;                        // the most of each axis; absent: any number
  std::vector<std::string> notes{};   // what a user should know of how the files were understood
};

// Reads config.json and the headers of the weights in the folder (checking that every parameter is there with
// its shape), or builds the named built-in architecture with seeded synthetic weights. Reads no weight data.
// Throws Usage.
Model load_model(const ModelRef& reference, std::uint64_t seed);

// Whether work of these sizes fits the model: each of its axes is given, no other is, and each is at least 1
// and at most the model's limit. Throws Usage whose subject is the noun of the axis and the number.
void check_axes(const Model& model, const Axes& axes);

}  // namespace medbench
