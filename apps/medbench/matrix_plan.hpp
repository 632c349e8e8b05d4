// From the options of a matrix to its rows: which backends on which devices in which precisions, and what is
// known not to run before anything is started.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "job/capabilities.hpp"
#include "job/deployment.hpp"
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

// Where a user's settings of int8 are looked for when none are named, below the working folder.
inline constexpr const char* kUsualDeployment = "configs/deployment/edge_cpu_int8.json";

// The settings of the int8 rows: those of --deployment, or those of the usual file if it is there; nothing,
// for the defaults, where it is not or no int8 is asked for. Throws Usage for a file that is broken.
std::optional<Deployment> find_deployment(const MatrixOptions& options);

// What the planner asks of its surroundings.
struct PlanSources {
  std::function<bool(const std::string& backend)> is_installed;
  std::function<Capabilities(const std::string& backend)> describe;  // asked once a backend
};

// `models` are those of the options, resolved, in their order. Throws Environment where auto finds nothing
// usable.
MatrixPlan plan_matrix(const MatrixOptions& options, const std::vector<ModelRef>& models,
                       const std::optional<Deployment>& deployment, const PlanSources& sources);

}  // namespace medbench
