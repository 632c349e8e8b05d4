// From what was asked for to rows: which models in which shapes, on which backends, devices and precisions,
// and what is known not to run before anything is started. It knows no flag.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "job/capabilities.hpp"
#include "job/deployment.hpp"
#include "job/job.hpp"
#include "job/result.hpp"

namespace medbench {

inline constexpr std::string_view kAutoBackend = "auto";
inline constexpr std::string_view kAllDevices = "all";

struct PlannedModel {
  ModelRef reference;
  std::vector<Axes> shapes;
};

struct PlanSettings {
  std::vector<PlannedModel> models;
  std::vector<std::string> backends;
  std::vector<std::string> devices;  // empty: the best of each backend
  std::vector<std::string> precisions;
  bool int8 = false;
  std::vector<QuantizationMethod> int8_methods;  // a row each; empty: one row, as the deployment says
  std::optional<Deployment> deployment;          // of int8; absent: the defaults
  std::vector<Padding> paddings;                 // of texts, a row each; empty: as in `base`
  // By backend: options of its jobs.
  std::map<std::string, std::map<std::string, std::string>> options_of;
  bool interleaved = true;
  bool falls_back_to_cpu = false;  // where CUDA is asked for and a backend has none
  Job base;                        // what all rows have in common
};

struct PlannedRow {
  Job job;
  std::vector<std::string> notes;
  std::optional<Failure> failure;  // why it cannot run: its row is a load_error
  std::string refusal;             // why its worker will answer that it is unsupported, where that is known
};

struct Plan {
  std::vector<PlannedRow> rows;    // by model, shape, backend, device, precision, padding
  std::vector<std::string> notes;  // for the user: what was left out or done otherwise
};

// What the planner asks of its surroundings.
struct PlanSources {
  std::function<bool(const std::string& backend)> is_installed;
  std::function<Capabilities(const std::string& backend)> describe;  // asked once a backend, where it matters
  // Whether a part of the backend's runtime was named, so that it is wanted though it is not usable.
  std::function<bool(std::string_view backend)> is_named = [](std::string_view) { return false; };
};

// Throws Environment where auto finds nothing usable, and Usage for a number that no device has on a machine
// with others of the kind, where the row would fall back.
Plan make_plan(const PlanSettings& settings, const PlanSources& sources);

// Every combination of the values, the last axis first.
std::vector<Axes> all_shapes(const std::vector<std::pair<Axis, std::vector<std::int64_t>>>& axes);

// The result of a row that has a failure.
Result row_that_cannot_run(const PlannedRow& row);

// Unique within a plan by its number, and safe as the name of a file.
std::string job_id(std::size_t number, const Job& job);

}  // namespace medbench
