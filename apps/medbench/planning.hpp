// From the options of a measurement to its rows, in two steps: what can be checked without starting anything,
// and what the workers must be asked for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "campaign/classification_test.hpp"
#include "campaign/planner.hpp"
#include "medbench/measure_options.hpp"
#include "medbench/model_download.hpp"

namespace medbench {

struct Checked {
  std::vector<CheckedModel> models;
  std::optional<Deployment> deployment;              // of int8
  std::optional<ClassificationTest> classification;  // where it is asked for
};

// Models that are not here are downloaded, unless it is a dry run. Throws Usage and Environment: models,
// text, backends, deployment files and labelled datasets that cannot be used.
Checked check_options(const Program& program, const MeasureOptions& options, ModelDownload& download);

// Starts workers to ask what they can do, where that matters. Throws what make_plan() throws.
Plan plan_rows(const Program& program, const MeasureOptions& options, const Checked& checked);

}  // namespace medbench
