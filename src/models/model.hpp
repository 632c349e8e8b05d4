// A model that is ready to be measured: its graph, where its weights come from, and what its inputs may hold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ir/graph.hpp"
#include "ir/parameters.hpp"
#include "job/job.hpp"

namespace medbench {

// What valid inputs are for a text encoder.
struct InputLimits {
  std::int64_t vocab_size = 0;
  std::int64_t max_positions = 0;  // the longest sequence
  std::int64_t token_types = 0;
};

struct Model {
  std::string name;
  ir::Graph
      graph;  // inputs input_ids, attention_mask, token_type_ids [batch, seq] I64; main output named "output"
  std::unique_ptr<ir::ParameterSource> weights;
  InputLimits limits;
};

// Reads config.json and the headers of the weights in the folder (checking that every parameter is there with
// its shape), or builds the named built-in architecture with seeded synthetic weights. Reads no weight data.
// Throws Usage.
Model load_model(const ModelRef& reference, std::uint64_t seed);

}  // namespace medbench
