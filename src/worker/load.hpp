// The first steps of a job: its model and its inputs, and the engine that the backend builds of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "data/batches.hpp"
#include "models/model.hpp"
#include "worker/worker_main.hpp"

namespace medbench {

struct Loaded {
  Model model;
  std::vector<Batch> batches;  // that timed iterations rotate among; at least one
  ShapeRange shapes;           // of them
  std::string inputs_source;   // BatchSource::kind()
  Json inputs_details;
};

// Throws Usage for inputs that the model cannot take.
Loaded load(const Job& job, WorkerHooks& hooks);

// Builds the model for the job, after calibration where that is asked for, and writes the batches into slots
// of their numbers.
void build(const Job& job, Loaded& loaded, std::int64_t threads, Backend& backend);

}  // namespace medbench
