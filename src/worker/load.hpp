// The first steps of a job: its model and its inputs, what calibration finds, and the inputs in their slots.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backend/backend.hpp"
#include "base/json.hpp"
#include "data/batches.hpp"
#include "ir/quantization.hpp"
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

// The model's graph as the backend takes it. Throws Usage for inputs that the model cannot take.
Loaded load(const Job& job, const Backend& backend, WorkerHooks& hooks);

// Whether the job's quantization is static, or fp8 is asked for.
bool needs_calibration(const Job& job);
struct Calibration {
  ir::Ranges ranges;
  Json details;  // "batches", "inputs_source", and what BatchSource::details() says of them
};
// For such a job: ranges by fp32 passes. The backend must be built afterwards.
Calibration calibrate_static(const Job& job, Loaded& loaded, std::int64_t threads, Backend& backend);

// Binds a slot for each batch, of its number, and writes the batch to it.
void upload(const Loaded& loaded, Backend& backend);

}  // namespace medbench
