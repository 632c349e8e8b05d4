// From the options of a measurement to its rows, in two steps: what can be checked without starting anything,
// and what the workers must be asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "campaign/planner.hpp"
#include "medbench/measure_options.hpp"

namespace medbench {

struct Checked {
  std::vector<ModelRef> models;
  std::map<std::string, std::vector<std::string>> notes;  // by the model's name as it was asked for
  std::vector<std::string> texts;                         // what becomes of the texts, for the screen
  std::optional<Deployment> deployment;                   // of int8
};

// Throws Usage and Environment: models, text, backends and deployment files that cannot be used.
Checked check_options(const Program& program, const MeasureOptions& options);

// Starts workers to ask what they can do, where that matters. Throws what make_plan() throws.
Plan plan_rows(const Program& program, const MeasureOptions& options, const Checked& checked);

}  // namespace medbench
