// A model that is ready to be measured: its graph, where its weights come from, and what it takes and gives.
#pragma once

#include <cstdint>
#include <memory>
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
  Axes axes;                          // that a user can ask for, each with its usual size
  Axes limits;                        // the most of each axis; absent: any number
  std::vector<std::string> notes{};   // what a user should know of how the files were understood
};

// Reads config.json and the headers of the weights in the folder (checking that every parameter is there with
// its shape), or builds the named built-in architecture with the weights of a file or seeded synthetic ones.
// Reads no weight data. Depth, height and width of `axes` become numbers of the graph. Throws Usage.
Model load_model(const ModelRef& reference, const Axes& axes, std::uint64_t seed);

// The axes that a user can ask for, each with its usual size. Throws Usage.
Axes usual_axes(const ModelRef& reference);

// Whether a user can ask for these sizes: each of the model's axes is given, no other is, each is at least 1
// and at most the model's limit. Throws Usage whose subject is the noun of the axis and the number, where it
// is one axis.
void check_limits(const Model& model, const Axes& axes);
// Whether a pass of these sizes is sensible: no tensor of the graph is absurdly large. Throws Usage.
void check_tensors(const Model& model, const Axes& axes);
// Both.
void check_axes(const Model& model, const Axes& axes);

}  // namespace medbench
