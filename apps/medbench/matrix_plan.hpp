// From the options of a matrix to its rows: which backends on which devices in which precisions, and what is
// known not to run before anything is started.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "job/capabilities.hpp"
#include "job/result.hpp"
#include "medbench/matrix_options.hpp"

namespace medbench {

struct PlannedRow {
  Job job;
  std::vector<std::string> notes;
  std::optional<Failure> failure;  // why it cannot run: its row is a load_error
};

struct MatrixPlan {
  std::vector<PlannedRow> rows;    // by model, batch size, sequence length, backend, device, precision
  std::vector<std::string> notes;  // for the user: what was left out
};

// What the planner asks of its surroundings.
struct PlanSources {
  std::function<bool(const std::string& backend)> is_installed;
  std::function<Capabilities(const std::string& backend)> describe;  // asked once a backend
};

// `models` are those of the options, resolved, in their order. Throws Environment where auto finds nothing
// usable.
MatrixPlan plan_matrix(const MatrixOptions& options, const std::vector<ModelRef>& models,
                       const PlanSources& sources);

}  // namespace medbench
